"""Images blended with one image of the test split: steps on the straight path in pixel space, equation (19)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import unit_range
from phiscope.datasets import PreparedDataset
from phiscope.errors import ConfigError
from phiscope.views.source import Source


def make(source: Source, *, test_images: PreparedDataset, toward: int, share: float) -> dict[str, NDArray]:
    """(1 - share) x + share y for each image x: (m, channels, h, w) -> the same shape, float32 in [0, 1].

    toward: number of the test sample y, whatever view x is of. Raises ConfigError where there is no such sample.
    """
    places = np.flatnonzero(test_images.samples == toward)
    if not len(places):
        raise ConfigError(
            f"config: views: kind blend: toward: there is no test sample {toward}; expected 0 to "
            f"{test_images.samples.max()}"
        )
    other = unit_range(test_images.images(slice(places[0], places[0] + 1)))
    blended = (1 - share) * source.pixels.astype(np.float64) + share * other
    return {"images": blended.astype(np.float32)}
