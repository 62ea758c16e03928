"""Guaranteed balls, equation (13), and their union: which samples lie inside which.

Distances come from one matrix product per block, ‖c - p‖² = ‖c‖² + ‖p‖² - 2 cᵀp in float64; pairs so close to
the sphere that rounding could decide are computed again as differences, so that counts are exact.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks

_BLOCK = 256
_ROUNDING = 1e-12  # of ‖c‖² + ‖p‖²; the product's own error is below 1e-14 of it for thousands of dimensions


def inside(
    centers: NDArray, radii: NDArray, points: NDArray, *, exclude_self: NDArray | None = None
) -> NDArray[np.int64]:
    """(m,) number of points p with ‖p - c‖ < r, for each ball of centers (m, f) and radii (m,); points (n, f).

    exclude_self (m,): which of the points is the centre itself, not to be counted. An infinite radius holds
    everything.
    """
    counts = np.empty(len(centers), dtype=np.int64)
    for part, mask in _membership(centers, radii, points, exclude_self):
        counts[part] = mask.sum(1)
    return counts


def in_union(
    points: NDArray, centers: NDArray, radii: NDArray, *, exclude_self: NDArray | None = None
) -> NDArray[np.bool_]:
    """(m,) whether each of points (m, f) lies strictly inside some ball of centers (n, f), radii (n,).

    exclude_self (m,): which of the centres is the point itself; its own ball does not count.
    """
    covered = np.empty(len(points), dtype=bool)
    for part, mask in _membership(points, radii, centers, exclude_self, radius_of_columns=True):
        covered[part] = mask.any(1)
    return covered


def _membership(
    rows: NDArray, radii: NDArray, columns: NDArray, exclude_self: NDArray | None, *, radius_of_columns: bool = False
) -> Iterator[tuple[slice, NDArray[np.bool_]]]:
    """(part of the rows, (b, n) whether row and column lie within the radius of the one that is the centre)."""
    rows, columns = rows.astype(np.float64, copy=False), columns.astype(np.float64, copy=False)
    row_norms, column_norms = (rows**2).sum(1), (columns**2).sum(1)
    for part in blocks(len(rows), _BLOCK):
        scale = row_norms[part, None] + column_norms
        excess = rows[part] @ columns.T
        excess *= -2
        excess += scale
        limit = (radii[None, :] if radius_of_columns else radii[part, None]) ** 2
        excess -= limit
        mask = excess < 0
        scale *= _ROUNDING
        close = np.abs(excess, out=excess) <= scale
        for i, j in zip(*np.nonzero(close)):
            radius = radii[j] if radius_of_columns else radii[part.start + i]
            mask[i, j] = np.linalg.norm(rows[part.start + i] - columns[j]) < radius
        if exclude_self is not None:
            mask[np.arange(part.stop - part.start), np.asarray(exclude_self)[part]] = False
        yield part, mask
