"""Column generation: price, solve over what was found, price again; what the last pricing finds is the certificate."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import as_numpy, blocks, is_tensor, require_finite
from phiscope.errors import DataError
from phiscope.geometry.compiled import compiled
from phiscope.geometry.hull import orthogonal, pricing, wolfe
from phiscope.geometry.hull.projection import NEAR
from phiscope.geometry.hull.wolfe import square_distance

if TYPE_CHECKING:
    from torch import Tensor

KEPT = 192  # vertices that a query takes from one pricing
FEWEST = 1500  # the coarsest subset has about as many vertices
STEP = 3  # each subset is every third of the next; an optimum over a subset is violated by about twice its support
SPREAD = 0.8  # how far above the support the next pricing looks, relative to the last
FAR = 100.0  # vertices whose offset from the origin exceeds their spread so many times are moved there
STALLED = 3  # pricings of all vertices without a smaller gap, after which a query is left as it is
ROWS = 8192  # vertices read at a time where float64 copies are made
# Multiplications of one pricing of all vertices for all queries from which torch makes the products, a quarter faster
# than numpy; below that, importing torch takes longer than it saves.
LARGE = 2**34
_ROUNDING = 4e-16  # a float64 price is good to this, relative to distance times the largest vertex


class Vertices:
    """Vertices (n, d), moved to the origin if they lie far from it, and a few numbers about them.

    queries: how many points will be projected onto their hull. `light`: the vertices in float32 as prices are made
    with, a tensor where they are given as one or the products are large, else an array.
    """

    def __init__(self, vertices: NDArray | Tensor, queries: int) -> None:
        array, given = as_numpy(vertices), vertices
        self.array = _read_only(array)
        self.origin = np.zeros(array.shape[1])
        self.largest, _ = self._farthest(self.origin)
        self.centre = self.array[:: max(1, len(array) // ROWS)].astype(np.float64).mean(0)
        spread, row = self._farthest(self.centre)
        if np.linalg.norm(self.centre) > FAR * spread:
            self.origin, self.array = self.centre, _read_only(array - self.centre)
            self.largest, self.centre, vertices = spread, np.zeros_like(self.centre), self.array
            if is_tensor(given):
                vertices = _as_tensor(self.array).to(given.device)
        self.far = [self.array[row].astype(np.float64)]
        for _ in range(2):
            spread, row = self._farthest(self.far[-1])
            self.far.append(self.array[row].astype(np.float64))
        self.reach = spread / 2  # no point is nearer than this to both ends of a line this long
        if is_tensor(given) or queries * array.size > LARGE:
            self.light: NDArray[np.float32] | Tensor = _as_tensor(vertices)
        else:
            self.light = self.array.astype(np.float32, copy=False)
        self.error = pricing.rounding(array.shape[1], self.largest)

    def _farthest(self, point: NDArray) -> tuple[float, int]:
        """Distance and row of the vertex farthest from a point."""
        square, row = _farthest(self.array, point)
        if not np.isfinite(square):
            require_finite(self.array[row : row + 1], f"vertices, {row} rows down")
            raise DataError(f"vertices: the square of row {row} overflows; expected values below 1e150")
        return float(np.sqrt(square)), row

    @property
    def strides(self) -> list[int]:
        """Every how many-th vertex is priced to find a first support: from coarse to fine."""
        levels = int(np.log(max(1, len(self.array) / FEWEST)) / np.log(STEP))
        return [STEP**level for level in range(levels, 0, -1)] or [1]


@compiled()
def _farthest(vertices, point):
    """Square distance and row of the vertex farthest from a point, or of the first that is not finite."""
    best, row = -1.0, 0
    for j in range(vertices.shape[0]):
        square = square_distance(vertices[j], point)
        if not np.isfinite(square):
            return square, j
        if square > best:
            best, row = square, j
    return best, row


def _read_only(array: NDArray) -> NDArray:
    """One type of array for the compiled code, memory-mapped or not."""
    view = np.ascontiguousarray(array).view(np.ndarray)
    view.flags.writeable = False
    return view


def _as_tensor(vertices: NDArray | Tensor) -> Tensor:
    """float32, where the vertices are, and the same memory if they are float32 already."""
    import torch  # deferred: slow to import

    if is_tensor(vertices):
        return vertices.detach().to(torch.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch warns of arrays that it could write into; it never does
        return torch.from_numpy(vertices.astype(np.float32, copy=False))


@dataclass
class Block:
    """Some queries while they are worked on; all fields by rows, the first `sizes` of support and weights in use."""

    points: NDArray[np.float64]
    z: NDArray[np.float64]
    spread: NDArray[np.float64]
    support: NDArray[np.int64]
    weights: NDArray[np.float64]
    sizes: NDArray[np.int64]

    def take(self, rows: NDArray) -> Block:
        return Block(*(part[rows] for part in vars(self).values()))


class HullSearch:
    """All queries between two pricings of all vertices. Threads may work on different queries."""

    def __init__(self, points: NDArray[np.float64], vertices: Vertices, tol: float, max_rounds: int) -> None:
        m = len(points)
        self.points, self.vertices = points - vertices.origin, vertices
        self.tol, self.max_rounds = tol, max_rounds
        self.supports: list[tuple[NDArray, NDArray]] = [(np.empty(0, np.int64), np.empty(0))] * m
        self.z = np.tile(vertices.centre, (m, 1))
        self.gap, self.radius, self.spread = np.full(m, np.inf), np.zeros(m), np.full(m, np.inf)
        self.rounds, self.idle = np.zeros(m, np.int64), np.zeros(m, np.int64)
        self.status = np.full(m, "open", dtype="<U10")

    def begin(self, query: int, indices: NDArray[np.int64], weights: NDArray[np.float64]) -> None:
        """Start a query from a known support."""
        self.supports[query] = indices, weights
        wolfe.combine(self.vertices.array, indices, weights, len(indices), self.z[query])

    def advance(self, which: NDArray[np.int64]) -> None:
        """Price all vertices for some open queries, judge them, and improve those that stay open."""
        block = self._load(which)
        if not block.sizes.any():
            for stride in self.vertices.strides:
                self._improve(block, self._price(block, stride))
            self._store(which, block)
        kept = self._price(block, 1)
        self._judge(which, block, kept)
        still = self.status[which] == "open"
        careful = self.idle[which] > 0
        for going, method in ((still & ~careful, wolfe), (still & careful, orthogonal)):
            rows = np.flatnonzero(going)
            if len(rows):
                part = block.take(rows)
                self._improve(part, kept.take(rows), method)
                self._store(which[rows], part)

    def _load(self, which: NDArray[np.int64]) -> Block:
        n, d = self.vertices.array.shape
        shape = len(which), min(n, d + 1)
        sizes = np.array([len(self.supports[q][0]) for q in which], dtype=np.int64)
        block = Block(
            self.points[which], self.z[which], self.spread[which], np.zeros(shape, np.int64), np.zeros(shape), sizes
        )
        for row, q in enumerate(which):
            block.support[row, : sizes[row]], block.weights[row, : sizes[row]] = self.supports[q]
        return block

    def _store(self, which: NDArray[np.int64], block: Block) -> None:
        self.z[which], self.spread[which] = block.z, block.spread
        for row, q in enumerate(which):
            size = block.sizes[row]
            self.supports[q] = block.support[row, :size].copy(), block.weights[row, :size].copy()

    def _price(self, block: Block, stride: int) -> pricing.Kept:
        """The vertices priced lowest in direction z - x: as many as KEPT, or as far as the spread reaches."""
        w = block.z - block.points
        length = np.linalg.norm(w, axis=1)[:, None]
        unit = np.divide(w, length, out=np.zeros_like(w), where=length > 0)
        limit = (unit * block.z).sum(1)
        below = limit + np.maximum(block.spread, 4 * self.vertices.error)
        kept = pricing.lowest(unit, self.vertices.light, stride, below, KEPT)
        seen = np.maximum(kept.others - limit, 0.5 * (kept.others - kept.price.min(1)))
        block.spread = np.where(kept.filled == KEPT, SPREAD * seen, block.spread)
        return kept

    def _improve(self, block: Block, kept: pricing.Kept, method: Any = wolfe) -> None:
        floor = _ROUNDING * self.vertices.largest
        method.improve(
            block.points,
            self.vertices.array,
            kept.at,
            kept.filled,
            block.support,
            block.weights,
            block.sizes,
            block.z,
            0.1 * self.tol,
            floor,
            self.vertices.reach,
        )

    def _judge(self, which: NDArray[np.int64], block: Block, kept: pricing.Kept) -> None:
        """Gap, radius and status after a pricing of all vertices."""
        length = np.linalg.norm(block.z - block.points, axis=1)
        radius = np.max([np.linalg.norm(block.z - far, axis=1) for far in self.vertices.far], axis=0)
        gap, blind = pricing.gaps(block.points, block.z, self.vertices.array, length, kept, self.vertices.error)
        allowed = length * np.maximum(self.tol * radius, _ROUNDING * self.vertices.largest)
        near = length <= 0.1 * NEAR * radius
        unseen = np.flatnonzero((blind | (self.idle[which] > 0)) & (gap > allowed) & ~near)
        if len(unseen):
            again = pricing.lowest_exact(block.points[unseen], block.z[unseen], self.vertices.array, KEPT)
            gap[unseen] = pricing.exact_gaps(block.points[unseen], block.z[unseen], self.vertices.array, again)
            kept.at[unseen], kept.filled[unseen] = again.at, again.filled
        self.rounds[which] += 1
        self.idle[which] = np.where(gap < self.gap[which], 0, self.idle[which] + 1)
        self.gap[which], self.radius[which] = gap, radius
        self.status[which[self.idle[which] >= STALLED]] = "stalled"
        self.status[which[self.rounds[which] >= self.max_rounds]] = "max_rounds"
        self.status[which[near | (gap <= allowed)]] = "converged"

