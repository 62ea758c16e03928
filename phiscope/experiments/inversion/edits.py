"""An image and an edited copy of it in feature space, and the path between them; section 7.2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phiscope.experiments.inversion.targets import straight_path
from phiscope.models.feature_map import FeatureMap

PATH_POINTS = 101


@dataclass(frozen=True)
class Edited:
    """features (2, f), before and after; path (n, f) of the straight pixel path between them, path_classes (n,)."""

    features: NDArray[np.float64]
    path: NDArray[np.float64]
    path_classes: NDArray[np.int64]


def compare(feature_map: FeatureMap, before: NDArray, after: NDArray) -> Edited:
    """What an edit from one image (channels, h, w) to another does."""
    path, classes = straight_path(feature_map, before, after, PATH_POINTS)
    return Edited(path[[0, -1]], path, classes)
