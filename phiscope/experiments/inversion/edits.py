"""An image and an edited copy of it: where both stand in feature space, and the path between them; section 7.2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.experiments.inversion.targets import straight_path
from phiscope.geometry import hull
from phiscope.geometry.margin import closest_flip
from phiscope.head import Head
from phiscope.models.feature_map import FeatureMap

PATH_POINTS = 101


@dataclass(frozen=True)
class Edited:
    """features (2, f), before and after; path (n, f) of the straight pixel path between the images, path_classes (n,).

    sides: one row each with side (`before`, `after`), predicted, margin (12), closest_class, distance to the hull (25),
    ambiguity (26), and moved, the distance between the two in feature space.
    """

    features: NDArray[np.float64]
    path: NDArray[np.float64]
    path_classes: NDArray[np.int64]
    sides: pd.DataFrame


def compare(feature_map: FeatureMap, head: Head, training: NDArray, before: NDArray, after: NDArray) -> Edited:
    """What an edit from one image (channels, h, w) to another does; training (n, f): the features the hull is of."""
    path, classes = straight_path(feature_map, before, after, PATH_POINTS)
    ends = path[[0, -1]]
    sides = standing_of(ends, head, training)
    sides.insert(0, "side", ["before", "after"])
    return Edited(ends, path, classes, sides.assign(moved=float(np.linalg.norm(ends[1] - ends[0]))))


def standing_of(features: NDArray, head: Head, training: NDArray) -> pd.DataFrame:
    """predicted, margin, closest_class, distance, ambiguity of features (m, f) that no table holds."""
    closest = closest_flip(features, head.weight, head.bias, lower_bound=head.lower_bound)
    distance = hull.project(features, training, threads=1).distance
    return pd.DataFrame(
        {
            "predicted": head.classify(features),
            "margin": closest.margin,
            "closest_class": closest.other_class,
            "distance": distance,
            "ambiguity": closest.margin - distance,
        }
    )
