"""What every kind of view starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import unit_range


@dataclass(frozen=True)
class Source:
    """Some images of the view that a view starts from.

    images (m, channels, h, w), uint8 or float32 in [0, 1]; samples (m,), their numbers in the split as its data set
    gives it; labels (m,), -1 where there are none; seed, the run's: what is drawn for an image rests on the seed
    and its number, never on the other images.
    """

    images: NDArray
    samples: NDArray[np.int64]
    labels: NDArray[np.int64]
    seed: int

    @property
    def pixels(self) -> NDArray[np.float32]:
        """The images as float32 in [0, 1]."""
        return unit_range(self.images)
