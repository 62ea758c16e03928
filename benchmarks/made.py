"""What the part `card` works on: a small network for stripes where no other is there, and a mixture of features."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from benchmarks import sets, textures
from benchmarks.agreement import Scene
from phiscope.arrays import blocks, generator, unit_range
from phiscope.datasets import load
from phiscope.models import split
from phiscope.models.classifier import small_resnet

IMAGES = 512
PIECE = 16_384  # vertices that are drawn at a time
CLASSES = 1000


def scene() -> Scene:
    """The loaded ResNet-20 on CIFAR-10 where their files are, else a small residual network trained on stripes."""
    if sets.has_files():
        chosen = sets.preset()["dataset"]
        dataset = load(chosen["path"], "test", reader="parquet", **chosen["options"])
        images, labels = dataset.images[:IMAGES], dataset.labels[:IMAGES]
        feature_map = sets.feature_map(torch.from_numpy(unit_range(images[:2])))
        return Scene("ResNet-20, CIFAR-10 (JPEG)", feature_map.network, feature_map, images, labels)
    images, labels = textures.small_images(IMAGES)
    network = _trained(images, labels)
    feature_map = split(network, torch.from_numpy(unit_range(images[:2])))
    return Scene("small residual network, stripes of 32 pixels", network, feature_map, images, labels)


def _trained(images: NDArray, labels: NDArray, steps: int = 60) -> nn.Module:
    torch.manual_seed(0)
    network, random = small_resnet(3, textures.CLASSES, (8, 16, 32)), generator(0, 1)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    for _ in range(steps):
        rows = random.integers(len(images), size=64)
        loss = functional.cross_entropy(
            network(torch.from_numpy(unit_range(images[rows]))), torch.from_numpy(labels[rows])
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return network.eval()


class Mixture:
    """Features of a thousand classes, rectified: x = max(μ + g + k + Eε, 0) with ε ~ N(0, 1), drawn on a device.

    E has the singular values (1 + j)^-0.5 along random orthogonal directions. Each coordinate of μ is N(0, 0.05²), of
    the mean g of a group of twenty classes N(0, 0.06²); the mean k of a class is 0.15 Eη with η ~ N(0, 1).
    """

    def __init__(self, d: int, device: str, seed: int = 0) -> None:
        self.d, self.device = d, device
        self.random = torch.Generator(device).manual_seed(seed)
        basis, _ = torch.linalg.qr(self._normal(d, d))
        self.factor = (basis * (1 + torch.arange(d, device=device)) ** -0.5).T.contiguous()
        groups = 0.06 * self._normal(CLASSES // 20, d)
        own = 0.15 * self._normal(CLASSES, d) @ self.factor
        self.means = own + 0.05 * self._normal(d) + groups[torch.arange(CLASSES, device=device) % len(groups)]

    def draw(self, count: int) -> NDArray[np.float32]:
        """(count, d), on the host; in pieces, so that few are on the device at a time."""
        out = np.empty((count, self.d), np.float32)
        for rows, piece in self._pieces(count):
            out[rows] = piece.cpu().numpy()
        return out

    def _pieces(self, count: int) -> Iterator[tuple[slice, Tensor]]:
        for rows in blocks(count, PIECE):
            size = rows.stop - rows.start
            classes = torch.randint(CLASSES, (size,), generator=self.random, device=self.device)
            yield rows, (self.means[classes] + self._normal(size, self.d) @ self.factor).clamp(min=0)

    def _normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self.random, device=self.device)
