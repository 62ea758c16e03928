"""Certificates of hull projections, recomputed from their definitions; nothing here is used by the solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import as_numpy
from phiscope.errors import DataError
from phiscope.geometry.hull.projection import HullProjection, Verification
from phiscope.geometry.inputs import floats

if TYPE_CHECKING:
    from torch import Tensor

CELLS = 1 << 22  # numbers held at a time, of vertices and of products: 32 MB each


def verify(projection: HullProjection, points: NDArray | Tensor, vertices: NDArray | Tensor) -> Verification:
    """Recompute feasibility, distance and gap of every query in float64, as they are defined.

    Shares no code with the solver: (20)-(25), g = max_j <z - x, z - d_j> and R = max_j ‖z - d_j‖. Products of all
    queries with all vertices, 4mnd operations, find the j; what is returned is then computed for that vertex from the
    differences themselves. points (m, d) and vertices (n, d): numpy or torch, vertices memory-mapped if you like.
    """
    points, vertices = as_numpy(floats(points, "points")), as_numpy(floats(vertices, "vertices"))
    if points.shape != projection.nearest.shape or vertices.shape[1:] != points.shape[1:]:
        raise DataError(
            f"points {points.shape} and vertices {vertices.shape}: expected those of the projection, whose nearest "
            f"points are {projection.nearest.shape}"
        )
    points, z = points.astype(np.float64), projection.nearest
    lowest = _extreme(points - z, vertices)
    farthest = _extreme(-2 * z, vertices, squares=1.0)
    supports = [projection.support(query) for query in range(len(points))]
    combined = [weights @ vertices[rows].astype(np.float64) for rows, weights in supports]
    return Verification(
        weight_sum_error=np.array([abs(weights.sum() - 1) for _, weights in supports]),
        least_weight=np.array([weights.min() for _, weights in supports]),
        combination_error=_norms(np.array(combined).reshape(z.shape) - z),
        distance_error=np.abs(_norms(z - points) - projection.distance),
        gap=((z - vertices[lowest]) * (z - points)).sum(axis=1),
        farthest=_norms(z - vertices[farthest]),
    )


def _extreme(directions: NDArray, vertices: NDArray, squares: float = 0.0) -> NDArray[np.int64]:
    """argmax_j <w, d_j> + squares ‖d_j‖² for every direction w (m, d)."""
    origin = vertices[0].astype(np.float64)  # Far from the origin of space products would lose digits.
    ahead = 2 * squares * origin  # ‖d‖² = ‖d - o‖² + 2<o, d - o> + ‖o‖², the last the same for all j
    best, where = np.full(len(directions), -np.inf), np.zeros(len(directions), np.int64)
    rows = max(1, CELLS // vertices.shape[1])
    for start in range(0, len(vertices), rows):
        part = vertices[start : start + rows].astype(np.float64) - origin
        lengths = squares * (part**2).sum(axis=1)
        queries = max(1, CELLS // len(part))
        for first in range(0, len(directions), queries):
            block = slice(first, first + queries)
            values = (directions[block] + ahead) @ part.T + lengths
            at = values.argmax(axis=1)
            values = np.take_along_axis(values, at[:, None], axis=1)[:, 0]
            better = values > best[block]
            best[block] = np.where(better, values, best[block])
            where[block] = np.where(better, start + at, where[block])
    return where


def _norms(rows: NDArray) -> NDArray[np.float64]:
    return np.linalg.norm(rows, axis=1)
