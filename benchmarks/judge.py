"""What a hull projection is worth, in 80-bit arithmetic, of points, vertices, nearest points and coefficients alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks
from phiscope.geometry.hull import HullProjection

ROWS = 4096  # vertices looked at a time


@dataclass(frozen=True)
class Judgement:
    """Every field (m,), float64: relative_gap = g / (‖z - x‖ R) with the exact R, 0 where z = x; distance = ‖z - x‖;
    lower: a proven lower bound of the distance; farthest = R; weight_error = |Σα - 1|; least_weight; off: ‖αD - z‖ / R.
    """

    relative_gap: NDArray[np.float64]
    distance: NDArray[np.float64]
    lower: NDArray[np.float64]
    farthest: NDArray[np.float64]
    weight_error: NDArray[np.float64]
    least_weight: NDArray[np.float64]
    off: NDArray[np.float64]


def judge(projection: HullProjection, points: NDArray, vertices: NDArray) -> Judgement:
    """Everything by its definition: g = max_j <z - x, z - d_j> over all vertices, R = max_j ‖z - d_j‖."""
    rows = [_one(x, z, vertices, *projection.support(q)) for q, (x, z) in enumerate(zip(points, projection.nearest))]
    return Judgement(*np.array(rows, dtype=np.float64).reshape(len(points), 7).T)


def _one(x: NDArray, z: NDArray, vertices: NDArray, support: NDArray, weights: NDArray) -> tuple:
    wide = np.longdouble
    x, z, weights = x.astype(wide), z.astype(wide), weights.astype(wide)
    w = z - x
    gap, square = wide(-np.inf), wide(0)
    for part in blocks(len(vertices), ROWS):
        edges = z - vertices[part].astype(wide)
        gap, square = max(gap, (edges @ w).max()), max(square, (edges * edges).sum(1).max())
    distance, farthest = np.sqrt((w * w).sum()), np.sqrt(square)
    scale = distance * farthest
    off = np.sqrt(((weights @ (vertices[support].astype(wide) - z) + (weights.sum() - 1) * z) ** 2).sum())
    return (
        gap / scale if scale > 0 else 0.0,
        distance,
        distance - gap / distance if distance > 0 else 0.0,
        farthest,
        abs(weights.sum() - 1),
        weights.min(),
        off / farthest if farthest > 0 else off,
    )
