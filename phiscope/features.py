"""Run images through a feature map: equation (3)."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phiscope.arrays import blocks, full_float32, require_finite, unit_range
from phiscope.geometry.activations import images_at_a_time
from phiscope.models.feature_map import FeatureMap

MOST = 64  # images of a batch; more saves next to nothing on a CPU, and a chunk of one image would pay for all of them


def batch_size(feature_map: FeatureMap, image: Tensor) -> int:
    """Images of every batch whose features are computed: the largest power of two up to `MOST` that fits.

    The problem: libraries choose their loops by the size of a batch, so that the features of one image differ by
    rounding between a batch of 64 and the 36 that are left. With one size for all batches they differ no more, however
    samples are cut into chunks. It follows from the network and the shape of the image (1, channels, h, w) alone, never
    from a machine's memory.
    """
    return images_at_a_time(feature_map, image, MOST, gradient=False)


def extract(
    feature_map: FeatureMap, images: NDArray, *, device: str | None = None, size: int | None = None
) -> NDArray[np.float32]:
    """Features (m, f) of images (m, channels, h, w), uint8 or float in [0, 1], m > 0, as the network computes them.

    device: where the network is put, and stays; where it lies unless given. Every batch has one size, by default
    `batch_size`; the last one is filled with copies of its last image. Raises DataError naming the first image whose
    features are not finite.
    """
    if not len(images):
        assert feature_map.weight is not None  # a map that ends at the head
        return np.empty((0, len(feature_map.weight)), np.float32)
    if device is None:
        device = str(feature_map.device)
    feature_map.network.to(device)
    if size is None:
        size = batch_size(feature_map, torch.from_numpy(unit_range(images[:1])).to(device))
    parts = []
    with torch.inference_mode(), full_float32():
        for block in blocks(len(images), size):
            pixels = torch.from_numpy(_filled(unit_range(images[block]), size)).to(device)
            parts.append(feature_map(pixels)[: block.stop - block.start].float().cpu().numpy())
    features = np.concatenate(parts)
    require_finite(features, "features of the images")
    return features


def _filled(images: NDArray, size: int) -> NDArray:
    """As many images as a batch has: more of the last one, which the network can read as it can that one."""
    return np.concatenate([images, np.repeat(images[-1:], size - len(images), axis=0)])
