"""Projections onto hulls once more: a quadratic program over some vertices, until no other brings the point closer.

    min ½‖αD - x‖²  subject to  α >= 0,  Σα = 1,

D some of the vertices: those that another solution rests on, those with the lowest prices <z - x, d> at its point z,
which are what column generation keeps, and some at random. The program is handed over as ½αᵀ(D - x)(D - x)ᵀα, in units
of the farthest of them. Then all vertices are priced at the point that came out, block by block in float64 by numpy;
those with the lowest prices are added, and the program is solved again, until the lowest is among its vertices.

Bounds: α is cut off at 0 and divided by its sum, so that z = αD is in the hull and ‖z - x‖ an upper bound. With the gap
g = max_j <z - x, z - d_j> over all vertices, ‖z - x‖ - g / ‖z - x‖ is a lower one: a plane across z - x separates x
from the hull by that much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from phiscope.geometry.second_opinion.back_end import Vector, minimum

LOWEST, RANDOM, ADDED = 192, 32, 64  # vertices of a program at first, and those that are added
_MOST_CELLS = 2**25  # numbers of the vertices of a program, 256 MB
_ROUNDS = 8
_TOUCHING = 1e-8  # a distance, of how far the vertices are: less has 0 as its lower bound whatever is added


class RowsOfVertices(Protocol):
    """(n, d), which need not be in memory as numbers."""

    def __len__(self) -> int: ...

    def rows(self, which: NDArray[np.int64]) -> Vector:
        """(k, d) of those vertices."""
        ...

    def blocks(self) -> Iterator[tuple[int, Vector]]:
        """All of them in order: which is the first of the block, and the block (b, d)."""
        ...


class DistanceBounds(NamedTuple):
    """lower <= distance <= upper, each (m,); reach (m,): the farthest that a vertex of the program is from z."""

    lower: Vector
    upper: Vector
    reach: Vector


class _Program(NamedTuple):
    """What a program of one query gives: away (d,) = z - x, and how far the farthest of its vertices is from z."""

    away: Vector
    reach: float


def distances(
    points: Vector,
    vertices: RowsOfVertices,
    supports: Sequence[NDArray[np.int64]],
    nearest: Vector,
    random: np.random.Generator,
    *,
    solver: str,
) -> DistanceBounds:
    """Of points (m, d) to the hull of the vertices; supports, nearest (m, d): of the solution that is looked at."""
    origin = vertices.rows(np.zeros(1, np.int64))[0]
    count = int(np.clip(_MOST_CELLS // points.shape[1], ADDED, LOWEST))
    rows = _lowest(nearest - points, vertices, origin, count)
    kept = [
        np.unique(np.concatenate([own, few, random.integers(len(vertices), size=RANDOM)]))
        for own, few in zip(supports, rows)
    ]
    bounds = DistanceBounds(np.zeros(len(points)), np.full(len(points), np.inf), np.zeros(len(points)))
    left = list(range(len(points)))
    for _ in range(_ROUNDS):
        programs = {query: _solved(points[query], vertices.rows(kept[query]), solver) for query in left}
        solved = {query: program for query, program in programs.items() if program is not None}
        left = list(solved)
        if not left:
            break
        away = np.stack([program.away for program in solved.values()])
        bounds.reach[left] = [program.reach for program in solved.values()]
        rows = _lowest(away, vertices, origin, ADDED)
        _judge(bounds, left, away, points[left] - vertices.rows(rows[:, 0]))
        apart = bounds.upper[left] > _TOUCHING * bounds.reach[left]
        left = [query for query, few, other in zip(left, rows, apart) if other and few[0] not in kept[query]]
        for query, few in zip(solved, rows):
            kept[query] = np.union1d(kept[query], few)
    return bounds


def _solved(x: Vector, vertices: Vector, solver: str) -> _Program | None:
    edges = vertices - x
    unit = float(np.linalg.norm(edges, axis=1).max()) or 1.0
    edges /= unit
    count = len(edges)
    one, bound = np.ones((1, count)), np.zeros(count)
    given = minimum(edges @ edges.T, np.zeros(count), A=one, b=np.ones(1), lb=bound, solver=solver)
    if given is None or not (weights := given.x.clip(0)).sum() > 0:
        return None
    edge = weights / weights.sum() @ edges
    return _Program(unit * edge, unit * float(np.linalg.norm(edges - edge, axis=1).max()))


def _judge(bounds: DistanceBounds, queries: list[int], away: Vector, from_lowest: Vector) -> None:
    """away (k, d) = z - x of these queries, and x less the vertex with the lowest price."""
    distance = np.linalg.norm(away, axis=1)
    gap = (away * (away + from_lowest)).sum(1).clip(0)
    over = np.divide(gap, distance, out=np.full_like(gap, np.inf), where=distance > 0)
    bounds.upper[queries] = np.minimum(bounds.upper[queries], distance)
    bounds.lower[queries] = np.maximum(bounds.lower[queries], (distance - over).clip(0))


def _lowest(directions: Vector, vertices: RowsOfVertices, origin: Vector, count: int) -> NDArray[np.int64]:
    """The vertices with the count lowest <w, d_j> of every direction w (m, d): (m, count), the lowest first.

    Products are of differences to a vertex: far from the origin they would lose digits.
    """
    prices, rows = np.empty((len(directions), 0)), np.empty((len(directions), 0), np.int64)
    for first, block in vertices.blocks():
        more = directions @ (block - origin).T
        places = np.broadcast_to(np.arange(first, first + len(block)), more.shape)
        prices, rows = np.concatenate([prices, more], axis=1), np.concatenate([rows, places], axis=1)
        if prices.shape[1] > count:
            least = np.argpartition(prices, count - 1, axis=1)[:, :count]
            prices, rows = np.take_along_axis(prices, least, 1), np.take_along_axis(rows, least, 1)
    return np.take_along_axis(rows, prices.argsort(axis=1), 1)
