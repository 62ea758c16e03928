"""Detectors that ask where a sample stands to the hulls of training samples, and to their guaranteed balls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks, by_blocks

Vector = NDArray[np.float64]
_BLOCK, _CENTRES = 256, 16_384  # queries and training samples whose distances are held at a time


def hull(distances: NDArray) -> Vector:
    """(m,) distance to the hull of all training samples, equation (25) of Yousefzadeh 2022."""
    return np.asarray(distances, np.float64)


def class_hull(own: NDArray) -> Vector:
    """(m,) distance to the hull of the training samples of the predicted class.

    To-hull uncertainty, after Hwang and Shin, Uncertainty Measurement of Deep Learning System based on the Convex Hull
    of Training Sets, 2024, arXiv 2405.16082: min ‖x - z‖ over z in H_c. own (m,); inf where that class has no sample.

    ASSUME: their uncertainty is this distance, in the feature space of the last hidden layer, unscaled.
    """
    return np.asarray(own, np.float64)


def hull_ratio(own: NDArray, other: NDArray) -> Vector:
    """(m,) distance to the hull of the predicted class over that to the nearest hull of another class.

    The inverse of the trust score, with hulls in place of nearest neighbours: Jiang, Kim, Guan and Gupta, To Trust Or
    Not To Trust A Classifier, NeurIPS 2018. own, other (m,): distances; inf where there is no hull.

    ASSUME: 1 where both are 0, or both are inf: neither class is closer.
    """
    own, other = np.asarray(own, np.float64), np.asarray(other, np.float64)
    alike = own == other
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(alike, 1.0, own / other)


def near_both(margins: NDArray, distances: NDArray, usual_margins: NDArray, usual_distances: NDArray) -> Vector:
    """(m,) minus the larger of margin and hull distance, each over what is usual: near the hull *and* near a boundary.

    Appendix B of Yousefzadeh 2022: `a testing image that falls inside or it is very close to the convex hull of
    training set in feature space can be considered suspicious if it is also close to a decision boundary`. margins,
    distances (m,) of the samples; usual_margins (t,) of training samples; usual_distances (k,) of training samples to
    the hull of the others.

    ASSUME: the text gives no formula and no scale. Close is small beside the median of training samples, or beside
    their mean where the median is 0; and both have to be small: -max(d_f / median d_f, d_h / median d_h).
    """
    margins, distances = np.asarray(margins, np.float64), np.asarray(distances, np.float64)
    return -np.maximum(margins / _usual(usual_margins), distances / _usual(usual_distances))


def _usual(values: NDArray) -> float:
    values = np.asarray(values, np.float64)
    values = values[np.isfinite(values)]
    sizes = [float(size) for size in (np.median(values), values.mean())] if len(values) else []
    return next((size for size in sizes if size > 0), 1.0)


def union(features: NDArray, training_features: NDArray, radii: NDArray) -> Vector:
    """(m,) min_i ‖x - x_i‖ - r_i over the balls of training samples: the distance to their union, negative inside.

    Equation (13) of Yousefzadeh 2022, and its `union of learned regions`: a sample in the ball of a training sample has
    that sample's class for certain. features (m, f), training_features (t, f), radii (t,): their margins.
    """
    radii = np.asarray(radii, np.float64)
    lowest, nearest = np.full(len(features), np.inf), np.zeros(len(features), int)
    for columns in blocks(len(training_features), _CENTRES):
        centres = np.asarray(training_features[columns], np.float64)
        squares = (centres**2).sum(axis=1)
        for rows in blocks(len(features), _BLOCK):
            points = np.asarray(features[rows], np.float64)
            away = points @ centres.T
            away *= -2
            away += squares
            away += (points**2).sum(axis=1, keepdims=True)
            np.sqrt(np.maximum(away, 0, out=away), out=away)
            away -= radii[columns]
            places = away.argmin(axis=1)
            values = away[np.arange(len(away)), places]
            nearest[rows] = np.where(values >= lowest[rows], nearest[rows], columns.start + places)
            lowest[rows] = np.minimum(values, lowest[rows])  # NaN stays

    def outside(some: NDArray, place: NDArray) -> Vector:
        # Once more as a difference, which keeps the digits of what is near.
        return np.linalg.norm(np.asarray(some, np.float64) - training_features[place], axis=1) - radii[place]

    return by_blocks(outside, features, nearest)
