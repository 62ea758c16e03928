"""Straight paths of pixels between test samples: how far from straight they are in feature space, over many pairs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.arrays import generator
from phiscope.experiments.inversion.targets import straight_path
from phiscope.geometry.paths import class_changes, equidistant, length_over_chord
from phiscope.models.feature_map import FeatureMap

POINTS = 101  # on a path, as on that of Figure 9
_STREAM = 9_022_204  # sets these draws apart from others of the same seed


def pairs_of(predicted: NDArray[np.int64], count: int, seed: int) -> list[tuple[int, int]]:
    """`count` pairs (row, row) at random, first of one predicted class, then of two, in turn; no row with itself.

    predicted (m,): classes. A pair's draw rests on the seed and its number alone. Where no two samples share a class,
    or all do, pairs of the other kind are missing.
    """
    found = []
    for number in range(count):
        random = generator(seed, number, _STREAM)
        same = number % 2 == 0
        for _ in range(100):
            first, second = (int(row) for row in random.choice(len(predicted), 2, replace=False))
            if (predicted[first] == predicted[second]) == same:
                found.append((first, second))
                break
    return found


def measure_paths(
    feature_map: FeatureMap,
    pairs: list[tuple[int, int]],
    image_of: Callable[[int], NDArray],
    samples: NDArray[np.int64],
    predicted: NDArray[np.int64],
    report: Callable[[int, int], None] = lambda done, total: None,
) -> pd.DataFrame:
    """One row per pair: sample, other, their classes, and of the path x(t) = (1 - t) x₀ + t x₁ in feature space

        length_over_chord   Σ ‖φ(x(t_k+1)) - φ(x(t_k))‖ / ‖φ(x₁) - φ(x₀)‖, a lower bound on that of the curve
        farthest            its largest distance from the line through both ends, over the chord
        class_changes       how often the class changes on the way

    image_of: row -> image (channels, h, w) in [0, 1].
    """
    rows = []
    for done, (first, second) in enumerate(pairs):
        path, classes = straight_path(feature_map, image_of(first), image_of(second), POINTS)
        chord = np.linalg.norm(path[-1] - path[0])
        across = equidistant(path, path[0], path[-1])[:, 1].max()
        rows.append(
            {
                "sample": samples[first],
                "other": samples[second],
                "predicted": predicted[first],
                "other_predicted": predicted[second],
                "chord": chord,
                "length_over_chord": length_over_chord(path),
                "farthest": across / chord if chord > 0 else np.inf,
                "class_changes": int(class_changes(classes)),
            }
        )
        report(done + 1, len(pairs))
    return pd.DataFrame(rows)
