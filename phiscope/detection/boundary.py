"""Detectors that measure distances to decision boundaries in feature space."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    features, logits = np.asarray(features, np.float64), np.asarray(logits, np.float64)
    own = logits.argmax(axis=1)
    gaps = logits.max(axis=1, keepdims=True) - logits
    present, place = np.unique(own, return_inverse=True)  # one class after the other: n² f numbers may be many
    rows = [np.linalg.norm(weight.T[number] - weight.T, axis=1) for number in present]
    norms = np.array(rows).reshape(-1, weight.shape[1])[place]
    distances = np.divide(gaps, norms, out=np.zeros_like(gaps), where=norms > 0)
    boundaries = (norms > 0).sum(axis=1)
    mean = np.divide(distances.sum(axis=1), boundaries, out=np.full(len(own), np.inf), where=boundaries > 0)
    away = np.linalg.norm(features - np.asarray(training_features, np.float64).mean(axis=0), axis=1)
    # ASSUME: a sample at the training mean itself is as little suspicious as can be.
    return -np.divide(mean, away, out=np.full(len(own), np.inf), where=away > 0)
