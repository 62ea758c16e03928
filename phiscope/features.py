"""Run images through a feature map: equation (3)."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from phiscope.arrays import blocks, require_finite, unit_range
from phiscope.geometry.activations import images_at_a_time
from phiscope.models.feature_map import FeatureMap


def extract(
    feature_map: FeatureMap, images: NDArray, *, device: str = "cpu", batch_size: int = 250
) -> NDArray[np.float32]:
    """Features (m, f) of images (m, channels, h, w), uint8 or float in [0, 1], as the network computes them.

    batch_size: images at a time, fewer where the network's activations would fill the memory. Raises DataError naming
    the first image whose features are not finite.
    """
    if not len(images):
        assert feature_map.weight is not None  # a map that ends at the head
        return np.empty((0, len(feature_map.weight)), np.float32)
    feature_map.network.to(device)
    parts = []
    first = torch.from_numpy(unit_range(images[:1])).to(device)
    batch_size = images_at_a_time(feature_map, first, batch_size, gradient=False)
    with torch.inference_mode():
        for block in blocks(len(images), batch_size):
            pixels = torch.from_numpy(unit_range(images[block])).to(device)
            parts.append(feature_map(pixels).float().cpu().numpy())
    features = np.concatenate(parts)
    require_finite(features, "features of the images")
    return features
