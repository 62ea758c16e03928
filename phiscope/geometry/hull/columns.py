"""Column generation: price, solve over what was found, price again; what the last pricing finds is the certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import is_tensor
from phiscope.geometry.hull import orthogonal, pricing, products, wolfe
from phiscope.geometry.hull.projection import NEAR
from phiscope.geometry.hull.vertices import Vertices
from phiscope.geometry.norms import lengths

KEPT = 192  # vertices that a query takes from one pricing
SPREAD = 0.8  # how far above the support the next pricing looks, relative to the last
FEW = 4  # queries that are priced one by one
SMALL = 2**19  # numbers in the vertices up to which few queries are solved over all of them at once
STALLED = 8  # pricings without a smaller gap or distance, after which a query is left as it is
_ROUNDING = 4e-16  # a float64 price is good to this, relative to distance times the largest vertex
_WRITTEN = 8  # times the rounding of a nearest point as it is written down: a gap as small as this may be all there is


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
    """All queries between two pricings of all vertices. Threads may work on different queries.

    A query whose last solve brought no smaller gap is `careful` from then on: prices in float64, orthogonal factors.
    """

    def __init__(
        self,
        points: NDArray[np.float64],
        vertices: Vertices,
        tol: float,
        max_rounds: int,
        without: NDArray[np.int64] | None = None,
        device: str = "cpu",
    ) -> None:
        m = len(points)
        self.without = without
        self.given = points
        self.points, self.vertices, self.light = vertices.inwards(points), vertices, vertices.light(m, device)
        self.tol, self.max_rounds = tol, max_rounds
        self.supports: list[tuple[NDArray, NDArray]] = [(np.empty(0, np.int64), np.empty(0))] * m
        self.best: list[tuple[NDArray, NDArray] | None] = [None] * m  # of careful queries: with the smallest gap
        self.z = np.tile(vertices.centre, (m, 1))
        self.gap, self.radius, self.spread = np.full(m, np.inf), np.zeros(m), np.full(m, np.inf)
        self.rounds, self.idle = np.zeros(m, np.int64), np.zeros(m, np.int64)
        self.careful, self.length = np.zeros(m, np.bool_), np.full(m, np.inf)
        self.pools: dict[int, NDArray[np.int64]] = {}
        self.status = np.full(m, "open", dtype="<U15")
        # A few queries remember all prices, so that later pricings look at few vertices.
        few = m <= FEW and not is_tensor(self.light)
        self.known: list[pricing.Known | None] | None = [None] * m if few else None
        self.halves = products.halves_pay(self.light)
        self.panel = pricing.PANEL if self.known is None else pricing.WIDE
        self.error = pricing.rounding(points.shape[1], vertices.largest, self.panel)

    def begin(self, query: int, indices: NDArray[np.int64], weights: NDArray[np.float64]) -> None:
        """Start a query from a known support."""
        self.supports[query] = indices, weights
        wolfe.combine(self.vertices.array, indices, weights, len(indices), self.z[query])

    def advance(self, which: NDArray[np.int64]) -> None:
        """Price all vertices for some open queries, judge them, and improve those that stay open."""
        block = self._load(which)
        if not block.sizes.any():
            # Where bfloat16 is fast, it looks through all vertices once more before the first float32 pricing.
            for stride in [*self.vertices.strides, *([1] if self.halves else [])]:
                self._improve(block, self._price(block, stride, which), wolfe)
            self._store(which, block)
        block.z = self.vertices.written(block.z)
        kept = self._price(block, 1, which, of_all=True)
        self._judge(which, block, kept)
        still, careful = self.status[which] == "open", self.careful[which]
        for going, method in ((still & ~careful, wolfe), (still & careful, orthogonal)):
            rows = np.flatnonzero(going)
            if len(rows):
                part, found = block.take(rows), kept.take(rows)
                self._improve(part, found if method is wolfe else self._gathered(which[rows], found), method)
                self._store(which[rows], part)

    def _gathered(self, which: NDArray[np.int64], kept: pricing.Kept) -> pricing.Kept:
        """What careful queries have kept so far: what each pricing finds alone may undo what the last one gave."""
        for query, at, filled in zip(which, kept.at, kept.filled):
            self.pools[query] = np.union1d(self.pools.get(query, at[:0]), at[:filled])
        filled = np.array([len(self.pools[query]) for query in which])
        at = np.zeros((len(which), filled.max()), np.int64)
        for row, query in enumerate(which):
            at[row, : filled[row]] = self.pools[query]
        return pricing.Kept(at, kept.price, filled, kept.others)

    @property
    def small(self) -> bool:
        """Whether solving over all vertices at once takes no longer than pricing them."""
        return len(self.points) <= FEW and self.vertices.array.size <= SMALL

    def begin_with_all(self) -> None:
        """Solve every query over all vertices and judge it; what stays open goes on as usual."""
        which, n = np.arange(len(self.points)), len(self.vertices)
        every = np.broadcast_to(np.arange(n), (len(which), n)).copy()
        full, unknown = np.full(len(which), n), np.full(len(which), np.inf)
        block, kept = self._load(which), pricing.Kept(every, np.zeros(every.shape), full, unknown)
        self._leave_out(which, kept)
        self._improve(block, kept, wolfe)
        self._store(which, block)
        block.z = self.vertices.written(block.z)
        gap = pricing.exact_gaps(block.points, block.z, self.vertices.array, kept)
        self._settle(which, block, *self._sizes(block), gap)

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

    def _price(self, block: Block, stride: int, which: NDArray[np.int64], *, of_all: bool = False) -> pricing.Kept:
        """The vertices priced lowest in direction z - x: as many as KEPT, or as far as the spread reaches.

        which: the queries of the block; of_all: whether all vertices are priced, not a subset.
        """
        w = block.z - block.points
        length = lengths(w)[:, None]
        unit = np.divide(w, length, out=np.zeros_like(w), where=length > 0)
        limit = (unit * block.z).sum(1)
        below = limit + np.maximum(block.spread, 4 * self.error)
        if not of_all or self.known is None:
            halved = self.halves and not of_all
            kept = pricing.lowest(unit, self.light, stride, below, KEPT, panel=self.panel, halved=halved)
        else:
            kept = pricing.together([self._price_one(*query) for query in zip(which, unit, below)])
        full = kept.filled == KEPT
        self._leave_out(which, kept)
        seen = np.maximum(kept.others - limit, 0.5 * (kept.others - kept.price.min(1)))
        block.spread = np.where(full, SPREAD * seen, block.spread)
        return kept

    def _leave_out(self, which: NDArray[np.int64], kept: pricing.Kept) -> None:
        """Forget the vertex that is left out for each query; no bound on the prices of the others is spoilt by that."""
        if self.without is not None:
            pricing.forget(self.without[which], kept)

    def _price_one(self, query: int, unit: NDArray, below: float) -> pricing.Kept:
        assert self.known is not None
        assert not is_tensor(self.light)
        vertices, known = self.vertices, self.known[query]
        if known is not None:
            kept = pricing.lowest_again(unit, known, self.light, vertices.centre, vertices.spans, below, KEPT)
            if kept is not None:
                return kept
        prices = np.empty((1, len(vertices)), np.float32)
        kept = pricing.lowest(
            unit[None], self.light, 1, np.array([below]), KEPT, panel=self.panel, prices_of_all=prices
        )
        self.known[query] = pricing.Known(unit, prices[0])
        return kept

    def _improve(self, block: Block, kept: pricing.Kept, method: Any) -> None:
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

    def _sizes(self, block: Block) -> tuple[NDArray, NDArray]:
        """Length of z - x and radius."""
        radius = np.max([np.linalg.norm(block.z - far, axis=1) for far in self.vertices.far], axis=0)
        return lengths(block.z - block.points), radius

    def _allowed(self, length: NDArray, radius: NDArray) -> NDArray:
        return length * np.maximum(self.tol * radius, _ROUNDING * self.vertices.largest)

    def _judge(self, which: NDArray[np.int64], block: Block, kept: pricing.Kept) -> None:
        """Gap, radius and status after a pricing of all vertices."""
        length, radius = self._sizes(block)
        gap, blind = pricing.gaps(block.points, block.z, self.vertices.array, length, kept, self.error)
        unsettled = (gap > self._allowed(length, radius)) & ~_near(length, radius)
        unseen = np.flatnonzero((blind | self.careful[which]) & unsettled)
        if len(unseen):
            again = pricing.lowest_exact(block.points[unseen], block.z[unseen], self.vertices.array, KEPT)
            self._leave_out(which[unseen], again)
            gap[unseen] = pricing.exact_gaps(block.points[unseen], block.z[unseen], self.vertices.array, again)
            kept.at[unseen], kept.filled[unseen] = again.at, again.filled
        self._settle(which, block, length, radius, gap)

    def _settle(self, which: NDArray[np.int64], block: Block, length: NDArray, radius: NDArray, gap: NDArray) -> None:
        better, done = gap < self.gap[which], _near(length, radius) | (gap <= self._allowed(length, radius))
        self.rounds[which] += 1
        self.careful[which] |= ~better
        now = which[better | done]
        self.z[now] = block.z[better | done]
        self.gap[now], self.radius[now] = gap[better | done], radius[better | done]
        for query in now:
            self.best[query] = self.supports[query]
        limited = self.gap[which] <= _WRITTEN * self.vertices.grain * (self.radius[which] + length)
        # Gaps need not fall from one support to the next; distances do, until rounding is all that moves.
        moving = better | ((length < self.length[which]) & ~limited)
        self.length[which] = np.minimum(length, self.length[which])
        self.idle[which] = np.where(moving, 0, self.idle[which] + 1)
        stalled = self.idle[which] >= STALLED
        over = self.rounds[which] >= self.max_rounds
        self.status[which[over]] = "max_rounds"
        self.status[which[stalled]] = "stalled"
        self.status[which[(over | stalled) & limited]] = "precision_limit"
        self.status[which[done]] = "converged"
        self._end(which[self.status[which] != "open"])

    def _end(self, which: NDArray[np.int64]) -> None:
        """Leave queries at the support whose gap was the smallest."""
        for query in which:
            support = self.best[query]
            if support is not None and support is not self.supports[query]:
                self.supports[query] = support
                indices, weights = support
                wolfe.combine(self.vertices.array, indices, weights, len(indices), self.z[query])
                self.z[query] = self.vertices.written(self.z[query])


def _near(length: NDArray, radius: NDArray) -> NDArray[np.bool_]:
    """So near to the hull that a query counts as touching it, and may stop."""
    return length <= 0.1 * NEAR * radius
