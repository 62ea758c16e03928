"""Guaranteed balls, equation (13), and their union: which samples lie inside which.

Distances come from one matrix product per tile, ‖c - p‖² = ‖c‖² + ‖p‖² - 2 cᵀp in float64; pairs so close to
the sphere that rounding could decide are computed again as differences, so that counts are exact. Where centres, points
or radii are off by some noise themselves, what lies no further from a sphere than that is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks, by_blocks

_ROWS, _COLUMNS = 256, 1024  # of a tile: 2 MB in float64, which stay in the cache
_ROUNDING = 1e-12  # of ‖c‖² + ‖p‖²; the product's own error is below 1e-14 of it for thousands of dimensions


class BallCounts(NamedTuple):
    """(m,) of balls: how many points lie inside by more than the noise, and how many no further from the sphere."""

    inside: NDArray[np.int64]
    on_surface: NDArray[np.int64]


class Membership(NamedTuple):
    """(m,) of points: whether some ball holds one by more than the noise; whether none does, and the sphere of one is
    no further than that."""

    inside: NDArray[np.bool_]
    on_surface: NDArray[np.bool_]


def inside(
    centers: NDArray, radii: NDArray, points: NDArray, *, exclude_self: NDArray | None = None
) -> NDArray[np.int64]:
    """(m,) number of points p with ‖p - c‖ < r, for each ball of centers (m, f) and radii (m,); points (n, f).

    exclude_self (m,): which of the points is the centre itself, not to be counted. An infinite radius holds
    everything.
    """
    return counted(centers, radii, points, exclude_self=exclude_self).inside


def counted(
    centers: NDArray,
    radii: NDArray,
    points: NDArray,
    *,
    noise: NDArray | None = None,
    exclude_self: NDArray | None = None,
) -> BallCounts:
    """The same with ‖p - c‖ < r - noise, and with r - noise <= ‖p - c‖ < r + noise.

    noise (m,): of each ball; None for 0.
    """
    counts = BallCounts(np.zeros(len(centers), dtype=np.int64), np.zeros(len(centers), dtype=np.int64))
    for part, mask, possible in _membership(centers, radii, points, exclude_self, noise):
        held = np.count_nonzero(mask, axis=1)
        counts.inside[part] += held
        if possible is not None:
            counts.on_surface[part] += np.count_nonzero(possible, axis=1) - held
    return counts


def in_union(
    points: NDArray, centers: NDArray, radii: NDArray, *, exclude_self: NDArray | None = None
) -> NDArray[np.bool_]:
    """(m,) whether each of points (m, f) lies strictly inside some ball of centers (n, f), radii (n,).

    exclude_self (m,): which of the centres is the point itself; its own ball does not count.
    """
    return placed(points, centers, radii, exclude_self=exclude_self).inside


def placed(
    points: NDArray,
    centers: NDArray,
    radii: NDArray,
    *,
    noise: NDArray | None = None,
    exclude_self: NDArray | None = None,
) -> Membership:
    """The same by more than the noise (n,) of each ball, and whether noise alone decides; None for 0."""
    surely, possibly = np.zeros(len(points), dtype=bool), np.zeros(len(points), dtype=bool)
    for part, mask, possible in _membership(points, radii, centers, exclude_self, noise, radius_of_columns=True):
        surely[part] |= mask.any(1)
        if possible is not None:
            possibly[part] |= possible.any(1)
    return Membership(surely, possibly & ~surely)


Masks = tuple[slice, NDArray[np.bool_], NDArray[np.bool_] | None]


def _membership(
    rows: NDArray,
    radii: NDArray,
    columns: NDArray,
    exclude_self: NDArray | None,
    noise: NDArray | None,
    *,
    radius_of_columns: bool = False,
) -> Iterator[Masks]:
    """Tile after tile: (part of the rows, (b, k) whether row and column lie within the radius, less the noise, of the
    one that is the centre, the same with the noise added, None where there is none)."""
    row_norms, column_norms = by_blocks(_squared, rows), by_blocks(_squared, columns)
    limits = [radii] if noise is None else [np.maximum(radii - noise, 0), radii + noise]
    own = None if exclude_self is None else np.asarray(exclude_self)
    for part in blocks(len(rows), _ROWS):
        some_rows = np.asarray(rows[part], np.float64)
        for beside in blocks(len(columns), _COLUMNS):
            some_columns = np.asarray(columns[beside], np.float64)
            scale = np.add.outer(row_norms[part], column_norms[beside])
            squares = some_rows @ some_columns.T
            squares *= -2
            squares += scale
            scale *= _ROUNDING
            masks = []
            for limit in limits:
                limit = limit[None, beside] if radius_of_columns else limit[part, None]
                masks.append(_within(squares, limit, scale, some_rows, some_columns))
                if own is not None:
                    here = np.flatnonzero((own[part] >= beside.start) & (own[part] < beside.stop))
                    masks[-1][here, own[part][here] - beside.start] = False
            yield part, masks[0], masks[1] if noise is not None else None


def _squared(rows: NDArray) -> NDArray[np.float64]:
    return (np.asarray(rows, np.float64) ** 2).sum(1)


def _within(squares: NDArray, limit: NDArray, scale: NDArray, rows: NDArray, columns: NDArray) -> NDArray[np.bool_]:
    """(b, n) whether rows (b, f) and columns (n, f), whose squared distances are known to `scale`, are closer than
    limit (b, 1) or (1, n)."""
    excess = squares - limit**2
    mask = excess < 0
    close = np.abs(excess, out=excess) <= scale
    limit = np.broadcast_to(limit, mask.shape)
    for i, j in zip(*np.nonzero(close)) if close.any() else ():
        mask[i, j] = np.linalg.norm(rows[i] - columns[j]) < limit[i, j]
    return mask
