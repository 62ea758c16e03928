"""Where both sides of an edit stand: distances of features that no table holds. Needs no network."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.geometry import hull
from phiscope.geometry.margin import closest_flip
from phiscope.head import Head

SIDES = ["side", "predicted", "margin", "closest_class", "distance", "ambiguity", "moved", "sample"]


def sides_of(features: NDArray[np.float64], head: Head, training: NDArray) -> pd.DataFrame:
    """side (`before`, `after`), what `standing_of` says of each, and moved, their distance in feature space.

    features (2, f), before and after an edit; training (n, f): those that the hull is of.
    """
    sides = standing_of(features, head, training)
    sides.insert(0, "side", ["before", "after"])
    return sides.assign(moved=float(np.linalg.norm(features[1] - features[0])))


def standing_of(features: NDArray[np.float64], head: Head, training: NDArray) -> pd.DataFrame:
    """predicted, margin (12), closest_class, distance to the hull (25), ambiguity (26) of features (m, f)."""
    closest = closest_flip(features, head, lower_bound=head.lower_bound)
    distance = hull.project(features, training, threads=1).distance
    return pd.DataFrame(
        {
            "predicted": head.classify(features),
            "margin": closest.distance,
            "closest_class": closest.other_class,
            "distance": distance,
            "ambiguity": closest.distance - distance,
        }
    )
