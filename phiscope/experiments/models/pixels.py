"""The images as a classifier is given them: their shape, their range, and whether there is anything to be seen."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from phiscope.arrays import unit_range
from phiscope.experiments.models.record import Pixels
from phiscope.models.classifier import Normalised

DARK = 0.1  # of white: an image without a brighter pixel is nearly black
_FLAT = 0.02  # of white: an image whose pixels differ by no more shows nothing


def pixels_of(images: NDArray, network: Normalised) -> Pixels:
    """images (n, channels, height, width), uint8 or float32 in [0, 1], as they are prepared."""
    # Extremes of each channel first: what follows keeps their order, and no copy of all images in float32 is made.
    ends = [unit_range(end(images, axis=(2, 3), keepdims=True)) for end in (np.min, np.max)]
    least, largest = ends[0].min(axis=(1, 2, 3)), ends[1].max(axis=(1, 2, 3))
    dark = largest < DARK
    normalised = (torch.from_numpy(np.concatenate(ends)) - network.mean.cpu()) / network.deviation.cpu()
    return Pixels(
        len(images),
        tuple(images.shape[1:]),
        str(images.dtype),
        (float(images.min()), float(images.max())),
        (float(least.min()), float(largest.max())),
        (float(normalised.min()), float(normalised.max())),
        float(dark.mean()),
        float((~dark & (largest - least < _FLAT)).mean()),
    )
