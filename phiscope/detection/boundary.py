"""Detectors that measure distances to decision boundaries in feature space."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import by_blocks

Vector = NDArray[np.float64]


def margin(margins: NDArray) -> Vector:
    """(m,) minus the margin, -d_f: the threshold that section 7.2 of Yousefzadeh 2022 proposes.

    margins (m,): distance to the closest boundary in feature space, equation (12); inf without a boundary.
    """
    return -np.asarray(margins, np.float64)


def margin_hull(margins: NDArray, distances: NDArray) -> Vector:
    """(m,) minus the indicator (26) of Yousefzadeh 2022, d_h - d_f: close to a boundary and far from the hull.

    margins (m,) as for `margin`; distances (m,) to the hull of the training set in feature space, equation (25).
    """
    return np.asarray(distances, np.float64) - np.asarray(margins, np.float64)


def fdbd(features: NDArray, logits: NDArray, training_features: NDArray, weight: NDArray) -> Vector:
    """(m,) minus the mean distance to all boundaries, over the distance to the training mean.

        -1 / (n - 1) Σ_{c != i} |z_i - z_c| / ‖w_i - w_c‖ / ‖x - μ‖,   i the predicted class

    Liu and Qin, Fast Decision Boundary based Out-of-Distribution Detector, ICML 2024. features (m, f), logits (m, n),
    training_features (t, f), weight (f, n). The distances leave out the constraints (8) and (10): they are lower
    bounds on margins. A class whose weights equal those of the predicted one has no boundary with it and is left
    out; without any boundary the score is -inf.
    """
    present, place = np.unique(logits.argmax(axis=1), return_inverse=True)
    # One class after the other: n² f numbers may be many.
    rows = [np.linalg.norm(weight.T[number] - weight.T, axis=1) for number in present]
    of_class = np.array(rows).reshape(-1, weight.shape[1])
    middle = np.mean(training_features, axis=0, dtype=np.float64)

    def score(features: NDArray, logits: NDArray, place: NDArray) -> Vector:
        features, logits, norms = np.asarray(features, np.float64), np.asarray(logits, np.float64), of_class[place]
        gaps = logits.max(axis=1, keepdims=True) - logits
        distances = np.divide(gaps, norms, out=np.zeros_like(gaps), where=norms > 0)
        boundaries = (norms > 0).sum(axis=1)
        mean = np.divide(distances.sum(axis=1), boundaries, out=np.full(len(place), np.inf), where=boundaries > 0)
        away = np.linalg.norm(features - middle, axis=1)
        # ASSUME: a sample at the training mean itself is as little suspicious as can be.
        return -np.divide(mean, away, out=np.full(len(place), np.inf), where=away > 0)

    return by_blocks(score, features, logits, place)
