"""JPEG files of made textures, in ten classes, and a small network for them: a data set of any length that needs none.

A class is an orientation and a wavelength of stripes. Every file is another crop, brightness and tint of one of a
hundred pictures, so that no two are equal and none has to be kept in memory.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.arrays import generator, unit_range
from phiscope.datasets.decode import decode

CLASSES = 10
SIDE = 224
MARGIN = 64  # how far a crop may be moved
PICTURES = 10  # of each class
TEST_SHARE = 0.1
QUALITY = 88  # of the JPEG: 13 kB a file


def write_images(folder: Path, count: int, seed: int = 0) -> None:
    """<folder>/<split>/<class>/<number>.jpg, a tenth of them as the test split; those that are there are left."""
    from PIL import Image

    pictures = [[_picture(kind, generator(seed, kind, which)) for which in range(PICTURES)] for kind in range(CLASSES)]
    test = round(TEST_SHARE * count)
    for number in range(count):
        kind = number % CLASSES
        file = folder / ("test" if number < test else "train") / f"stripes-{kind}" / f"{number:06d}.jpg"
        if file.exists():
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        random = generator(seed, CLASSES, number)
        content = io.BytesIO()
        Image.fromarray(_varied(pictures[kind][random.integers(PICTURES)], random)).save(
            content, "JPEG", quality=QUALITY
        )
        file.write_bytes(content.getvalue())


def small_images(count: int, side: int = 32, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """(count, 3, side, side) and their classes: the same stripes in small crops."""
    labels = np.arange(count) % CLASSES
    pictures = [_picture(kind, generator(seed, kind, 0)) for kind in range(CLASSES)]
    images = np.empty((count, 3, side, side), np.uint8)
    for number, kind in enumerate(labels):
        whole = _varied(pictures[kind], generator(seed, CLASSES, number))
        images[number] = whole[:side, :side].transpose(2, 0, 1)
    return images, labels


def _picture(kind: int, random: np.random.Generator) -> NDArray[np.float32]:
    """(h, w, 3) around 0: stripes of the class, two others, and grain."""
    side = SIDE + MARGIN
    y, x = np.mgrid[:side, :side].astype(np.float32)
    total = np.zeros((side, side, 3), np.float32)
    for strength, angle, wavelength in (
        (0.20, np.pi * kind / CLASSES, 8 + 2 * kind),
        (0.08, random.uniform(0, np.pi), random.uniform(20, 60)),
        (0.08, random.uniform(0, np.pi), random.uniform(60, 200)),
    ):
        wave = np.sin(2 * np.pi * (np.cos(angle) * x + np.sin(angle) * y) / wavelength + random.uniform(0, 2 * np.pi))
        total += strength * wave[..., None] * random.uniform(0.5, 1, size=3).astype(np.float32)
    return total + random.normal(0, 0.02, total.shape).astype(np.float32)


def _varied(picture: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.uint8]:
    top, left = random.integers(MARGIN, size=2)
    crop = picture[top : top + SIDE, left : left + SIDE]
    levels = random.uniform(0.4, 0.6) + random.uniform(0.7, 1.2) * crop * random.uniform(0.8, 1.2, size=3)
    return np.rint(255 * np.clip(levels, 0, 1)).astype(np.uint8)


def network(width: int = 16) -> nn.Module:
    """(b, 3, 224, 224) -> (b, 10): three convolutions, the mean of each channel, 4 `width` features, a linear head."""
    return nn.Sequential(
        nn.Conv2d(3, width, 7, stride=4, padding=3),
        nn.ReLU(),
        nn.Conv2d(width, 2 * width, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4 * width, CLASSES),
    )


def fitted_network(folder: Path, count: int = 1000) -> nn.Module:
    """Random convolutions, whose head is fitted to `count` training images by least squares."""
    torch.manual_seed(0)
    whole = network().eval()
    files = sorted((folder / "train").rglob("*.jpg"), key=lambda file: file.name)[:count]
    with torch.no_grad():
        features = torch.cat([whole[:-1](_pixels(file)) for file in files]).double()
        labels = torch.tensor([int(file.parent.name.removeprefix("stripes-")) for file in files])
        mean, deviation = features.mean(0), features.std(0).clamp(min=1e-6)
        known = torch.cat([(features - mean) / deviation, torch.ones(len(files), 1)], dim=1)
        wanted = 5 * (2 * nn.functional.one_hot(labels, CLASSES).double() - 1)
        solved = torch.linalg.solve(known.T @ known + 1e-3 * len(files) * torch.eye(known.shape[1]), known.T @ wanted)
        weight = (solved[:-1] / deviation[:, None]).T
        whole[-1].weight.copy_(weight)
        whole[-1].bias.copy_(solved[-1] - weight @ mean)
    return whole


def _pixels(file: Path) -> Tensor:
    return torch.from_numpy(unit_range(decode(file, str(file))[None]))
