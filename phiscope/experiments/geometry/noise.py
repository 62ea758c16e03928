"""How much rounding there is in the features of a network: measured on some images, which proves nothing of others.

A network in float32 gives each image features that are off by what its sums were rounded. How a sum is rounded rests on
the size of a batch, on the device and on the number of threads. Two copies of an image whose features were computed in
two ways differ by as much, and so no distance below that tells one image from another.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phiscope.arrays import generator, unit_range
from phiscope.features import batch_size, extract
from phiscope.head import FeatureNoise
from phiscope.models.feature_map import FeatureMap

MOST, LEAST = 256, 16  # images
MOST_OPERATIONS = 10**12  # of all images: some minutes of one core in float64 at the most
FACTOR = 4.0

# ASSUME: of ten thousand images the worst is at most four times the worst of 256, and other devices and numbers of
# threads round no more than four times as much as alone against in a batch does.


def images_to_measure(feature_map: FeatureMap, image: Tensor) -> int:
    """On how many images: `MOST`, or fewer where the network's multiplications and additions are many, no fewer than
    `LEAST`. They are counted on one image (1, channels, h, w), so that the number is the same on every machine; the
    products of fused attention, a small part of a transformer's, are not.
    """
    # torch's FlopCounterMode counts these too, but imports for a second.
    with torch.no_grad(), torch.autograd.profiler.profile(with_flops=True) as seen:
        feature_map(image.to(feature_map.device))
    operations = sum(event.flops or 0 for event in seen.function_events or ())
    return int(np.clip(MOST_OPERATIONS // max(1, operations), LEAST, MOST))


def drawn(counts: Iterable[int], most: int, seed: int) -> list[NDArray[np.int64]]:
    """Rows of splits of so many images, `most` in all, as many of each split as of the others where it has them."""
    counts = list(counts)
    return [
        np.sort(generator(seed, split).choice(count, min(count, most // len(counts)), replace=False))
        for split, count in enumerate(counts)
    ]


def measured(feature_map: FeatureMap, images: NDArray, *, device: str | None = None) -> FeatureNoise:
    """The noise of features and of the head on images (m, channels, h, w), uint8 or float in [0, 1].

    Features of float32 in batches against those of float64, and against those of the image alone. Where the network
    does not compute in float64, alone is all there is. For the head, logits of float32 against float64 of the same
    features: the difference of two classes over ‖w_i - w_j‖, which is a distance in feature space.
    """
    device = str(feature_map.device) if device is None else device
    feature_map = feature_map.to(device)
    assert feature_map.weight is not None
    assert feature_map.bias is not None
    size = batch_size(feature_map, torch.from_numpy(unit_range(images[:1])).to(device))
    features = extract(feature_map, images, device=device, size=size)
    alone = extract(feature_map, images, device=device, size=1)
    exact = _in_float64(feature_map, images, size, device)
    lengths = np.linalg.norm(features.astype(np.float64), axis=1)
    typical = float(np.median(lengths))
    lengths = np.maximum(lengths, typical)
    moved = _moved_boundaries(features, feature_map.weight.numpy(), feature_map.bias.numpy(), size, device)
    return FeatureNoise.of(
        None if exact is None else _largest(np.linalg.norm(features - exact, axis=1), lengths),
        _largest(np.linalg.norm(features.astype(np.float64) - alone, axis=1), lengths),
        _largest(moved, lengths),
        length=typical,
        images=len(images),
        factor=FACTOR,
    )


def _largest(differences: NDArray, lengths: NDArray) -> float:
    """The largest difference relative to the length of features; 0 where all features are 0."""
    return float(np.divide(differences, lengths, where=lengths > 0, out=np.zeros(len(lengths))).max())


def _in_float64(feature_map: FeatureMap, images: NDArray, size: int, device: str) -> NDArray[np.float64] | None:
    """None where the network does not compute in float64, as one that makes tensors of float32 on its way."""
    double = feature_map.double()
    with torch.inference_mode():
        try:
            parts = [
                double(torch.from_numpy(unit_range(images[start : start + size])).to(device).double()).cpu().numpy()
                for start in range(0, len(images), size)
            ]
        except (RuntimeError, TypeError, ValueError) as error:
            print(f"noise of features: the network does not compute in float64 ({str(error).splitlines()[0]})")
            return None
    return np.concatenate(parts)


def _moved_boundaries(
    features: NDArray[np.float32], weight: NDArray, bias: NDArray, size: int, device: str
) -> NDArray[np.float64]:
    """(m,) how far a head of float32 moves a boundary between two classes at the most, seen from each image."""
    layer = [torch.from_numpy(np.ascontiguousarray(array)).float().to(device) for array in (weight.T, bias)]
    rounded = [torch.nn.functional.linear(torch.from_numpy(features[start : start + size]).to(device), *layer)
               for start in range(0, len(features), size)]  # fmt: skip
    off = torch.cat(rounded).cpu().numpy() - (features.astype(np.float64) @ weight + bias)
    worst = np.zeros(len(features))
    for i in range(weight.shape[1] - 1):
        apart = np.linalg.norm(weight[:, i + 1 :] - weight[:, i : i + 1], axis=0)
        moved = np.abs(off[:, i + 1 :] - off[:, i : i + 1])
        worst = np.maximum(worst, np.divide(moved, apart, where=apart > 0, out=np.zeros_like(moved)).max(axis=1))
    return worst
