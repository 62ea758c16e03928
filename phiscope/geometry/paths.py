"""Paths between two points of feature space, and how to draw them in two dimensions: appendix A."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phiscope.errors import DataError


def equidistant(points: ArrayLike, a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """Two-point equidistant projection: coordinates (n, 2) that keep the distances of points (n, f) to a and to b (f,).

    a lies at (0, 0) and b at (‖b − a‖, 0), as in equations (27) to (29). Those find the angle at a by an arccosine,
    which loses half the digits near the line, at b worst of all; here the first coordinate is the component along ab
    and the second, never negative, the length of the rest, both taken from the nearer of the two control points.
    If a and b are one point, there is no direction along: the first coordinate is 0, the second the distance.
    """
    points, a, b = np.asarray(points, np.float64), np.asarray(a, np.float64), np.asarray(b, np.float64)
    if points.ndim != 2 or a.shape != b.shape or a.shape != points.shape[1:]:
        raise DataError(f"equidistant: points {points.shape}, a {a.shape}, b {b.shape}; expected (n, f), (f,), (f,)")
    chord = np.linalg.norm(b - a)
    unit = (b - a) / chord if chord > 0 else np.zeros_like(a)
    from_a, from_b = points - a, points - b
    nearer_a = np.linalg.norm(from_a, axis=1) <= np.linalg.norm(from_b, axis=1)
    offset = np.where(nearer_a[:, None], from_a, from_b)
    along = offset @ unit
    across = np.linalg.norm(offset - along[:, None] * unit, axis=1)
    return np.stack([along + np.where(nearer_a, 0.0, chord), across], axis=1)


def straight(a: ArrayLike, b: ArrayLike, count: int) -> NDArray[np.float64]:
    """`count` points from a to b at equal distances, both ends included: (count, ...) for a and b of one shape."""
    if count < 2:
        raise DataError(f"straight: {count} points; expected at least the two ends")
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    share = np.linspace(0.0, 1.0, count).reshape(-1, *[1] * a.ndim)
    return (1 - share) * a + share * b


def length_over_chord(points: ArrayLike) -> float:
    """How far from straight a path (n, f) is: its length over the distance of its ends.

    1 for a straight path (and one that never moves), infinite for one that comes back to where it began.
    """
    points = np.asarray(points, np.float64)
    length, chord = np.linalg.norm(np.diff(points, axis=0), axis=1).sum(), np.linalg.norm(points[-1] - points[0])
    if length == 0:
        return 1.0
    return float(length / chord) if chord > 0 else float("inf")


def class_changes(classes: ArrayLike) -> NDArray[np.int64]:
    """How often the class changes along each path: classes (..., n) -> (...); constraint (19) asks for 0."""
    return (np.diff(np.asarray(classes), axis=-1) != 0).sum(axis=-1)
