"""Pricing: <w, d_j> of many queries with many vertices in float32, keeping the least of each query.

Prices are made in blocks that stay in the cache, are looked through there and forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import as_numpy, blocks, is_tensor
from phiscope.geometry.compiled import compiled
from phiscope.geometry.hull import products, selection
from phiscope.geometry.hull.products import PANEL
from phiscope.geometry.hull.wolfe import offset_dot

if TYPE_CHECKING:
    from torch import Tensor
    from typing_extensions import TypeIs

CELLS = 1 << 18  # prices held at a time, in a core's cache: 1 MB
COLUMNS = 4096  # and for few queries, vertices
NARROW = 1024  # for at most eight queries, prices held at a time: OpenBLAS has faster loops for products so small
WIDE = 1024  # coordinates summed at a time for a single query: rows are read once, and the bound on rounding is looser
REPRICED = 0.3  # share of the vertices up to which it pays to price single ones
_STRETCH = 16  # prices whose least is found before they are looked at one by one


@dataclass(frozen=True)
class Kept:
    """The lowest prices of each query: vertices `at` and `price` (b, count), the first `filled` (b,) of them.

    No vertex that is not kept has a price below `others` (b,). Not sorted.
    """

    at: NDArray[np.int64]
    price: NDArray[np.floating]
    filled: NDArray[np.int64]
    others: NDArray[np.floating]

    def take(self, rows: NDArray) -> Kept:
        return Kept(self.at[rows], self.price[rows], self.filled[rows], self.others[rows])


def lowest(
    w: NDArray,
    vertices: NDArray[np.float32] | Tensor,
    stride: int,
    below: NDArray,
    count: int,
    *,
    panel: int = PANEL,
    prices_of_all: NDArray[np.float32] | None = None,
    halved: bool = False,
) -> Kept:
    """At most `count` vertices with the lowest price under below (b,), among every stride-th vertex.

    Prices are made by whom the vertices belong to, numpy or torch; prices_of_all (b, n) is filled with them. panel:
    coordinates summed at a time, by numpy. halved: products in bfloat16, by torch; they find candidates, and prove
    nothing.
    """
    size, w32 = len(w), w.astype(np.float32)
    kept = Kept(
        at=np.zeros((size, count), np.int64),
        price=np.full((size, count), np.inf, np.float32),
        filled=np.zeros(size, np.int64),
        others=below.astype(np.float32),
    )
    if _elsewhere(vertices):
        with selection.ONE_AT_A_TIME:
            return lowest_on(w32, vertices, stride, kept)
    reach = min(COLUMNS, max(1, CELLS // size))
    reach = NARROW // size if size <= NARROW // 128 and not is_tensor(vertices) else reach
    cells = size * min(reach, -(-len(vertices) // stride))
    by_torch = products.by_halves if halved else products.by_torch
    priced: Callable[[Any], Any] = (
        by_torch(w32, cells, vertices.device) if is_tensor(vertices) else products.by_numpy(w32, cells, panel)
    )
    subset = vertices[::stride]
    for part in blocks(len(subset), reach):
        prices = priced(subset[part])
        if prices_of_all is not None:
            prices_of_all[:, part] = as_numpy(prices)
        _keep(as_numpy(prices), part.start, stride, kept.others, kept.at, kept.price, kept.filled)
    return kept


def _elsewhere(vertices: NDArray | Tensor) -> TypeIs[Tensor]:
    """Whether vertices lie on a card, where products are made and looked through in large blocks."""
    return is_tensor(vertices) and vertices.device.type != "cpu"


def lowest_on(w: NDArray[np.float32], vertices: Tensor, stride: int, none: Kept) -> Kept:
    """As `lowest`, where products and selection both stay on the vertices' device; none: what is kept before."""
    size, count = none.at.shape
    subset, chosen = vertices[::stride], selection.Selection(size, count, vertices.device)
    reach = min(len(subset), max(1, selection.CELLS // size))
    priced = products.by_torch(w, size * reach, vertices.device)
    for part in blocks(len(subset), reach):
        chosen.add(priced(subset[part]), part.start)
    at, price, filled = chosen.below(none.others)
    others = np.where(filled == count, price[:, -1], none.others)
    return Kept(at * stride, price, filled, others)


@dataclass(frozen=True)
class Known:
    """What one query knows since all vertices were priced: the direction w (d,), ‖w‖ = 1, and every price (n,)."""

    w: NDArray[np.float64]
    prices: NDArray[np.float32]


def lowest_again(
    w: NDArray, known: Known, vertices: NDArray[np.float32], centre: NDArray, spans: NDArray, below: float, count: int
) -> Kept | None:
    """As `lowest` for one query w (d,), pricing only what may be below since the last time; None if that is too much.

    As <w, v> = <w', v> + <w - w', c> + <w - w', v - c>, no price is less than the old one + <w - w', c> -
    ‖w - w'‖ ‖v - c‖, in exact arithmetic, and errs no more than the old one. spans (n,): ‖v - c‖.
    """
    turn = w - known.w
    least = known.prices + (turn @ centre) - (1 + 1e-9) * np.linalg.norm(turn) * spans
    rows = np.flatnonzero(least < below)
    if len(rows) > REPRICED * len(vertices):
        return None
    kept = lowest(w[None], vertices[rows], 1, np.array([below]), count, panel=WIDE)
    return Kept(rows[kept.at], kept.price, kept.filled, kept.others) if len(rows) else kept


def rounding(d: int, largest: float, panel: int = PANEL) -> float:
    """Bound on the float32 error of <w, v>, ‖w‖ = 1, ‖v‖ <= largest, w and v rounded, summed in any order."""
    terms = min(d, panel) + -(-d // panel) + 3
    return 1.01 * terms * 2.0**-24 * largest


@compiled(fastmath={"nnan", "nsz", "ninf"})
def _least(row, start, stop):
    least = row[start]
    for j in range(start + 1, stop):
        least = min(least, row[j])
    return least


@compiled()
def _place(price, at, slot, size, new_price, new_at):
    """Put an entry into the hole at `slot` of a heap whose root is the largest price."""
    while slot > 0 and price[(slot - 1) // 2] < new_price:
        price[slot], at[slot] = price[(slot - 1) // 2], at[(slot - 1) // 2]
        slot = (slot - 1) // 2
    while True:
        child = 2 * slot + 1
        if child + 1 < size and price[child + 1] > price[child]:
            child += 1
        if child >= size or price[child] <= new_price:
            break
        price[slot], at[slot] = price[child], at[child]
        slot = child
    price[slot], at[slot] = new_price, new_at


@compiled()
def _keep(prices, first, stride, others, at, price, filled):
    """Go through a block of prices; others falls to the largest kept price once `count` are kept."""
    width, count = prices.shape[1], at.shape[1]
    for r in range(prices.shape[0]):
        row, limit, size = prices[r], others[r], filled[r]
        for start in range(0, width, _STRETCH):
            stop = min(start + _STRETCH, width)
            if _least(row, start, stop) >= limit:
                continue
            for j in range(start, stop):
                if row[j] < limit:
                    slot = 0 if size == count else size
                    size = min(size + 1, count)
                    _place(price[r], at[r], slot, size, row[j], (first + j) * stride)
                    if size == count:
                        limit = min(limit, price[r, 0])
        others[r], filled[r] = limit, size


def gaps(
    points: NDArray, z: NDArray, vertices: NDArray, length: NDArray, kept: Kept, error: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """g of every query, from prices of the directions (z - x) / length that err by at most `error`.

    Kept vertices that may lie below <w, z> are priced again in float64. Where the bound on the others is larger than
    what these gave, that bound is the gap and `blind` is true.
    """
    worst = np.zeros(len(points))
    unit = ((z - points) * z).sum(1) / np.maximum(length, 1e-300)
    _exact_worst(points, z, vertices, unit + error, kept.at, kept.price, kept.filled, worst)
    below = unit + error - kept.others
    unseen = np.where(below > 0, length * np.maximum(below, 0), 0)
    return np.maximum(worst, unseen), unseen > worst


def together(parts: list[Kept]) -> Kept:
    """Of several blocks of queries one."""
    return Kept(*(np.concatenate([getattr(part, name) for part in parts]) for name in Kept.__annotations__))


def forget(vertices: NDArray[np.int64], kept: Kept) -> None:
    """Take a vertex out of what each query keeps, in place: vertices (b,)."""
    places = np.arange(kept.at.shape[1])
    rows, columns = np.nonzero((kept.at == vertices[:, None]) & (places < kept.filled[:, None]))
    last = kept.filled[rows] - 1
    kept.at[rows, columns], kept.price[rows, columns] = kept.at[rows, last], kept.price[rows, last]
    kept.price[rows, last] = np.inf
    kept.filled[rows] -= 1


def lowest_exact(points: NDArray, z: NDArray, vertices: NDArray, count: int) -> Kept:
    """The `count` vertices priced lowest in direction z - x, in float64: for what float32 cannot tell apart."""
    w, size = z - points, len(points)
    kept = Kept(
        at=np.zeros((size, count), np.int64),
        price=np.full((size, count), np.inf),
        filled=np.zeros(size, np.int64),
        others=np.full(size, np.inf),
    )
    for part in blocks(len(vertices), min(COLUMNS, max(1, CELLS // size))):
        prices = w @ vertices[part].astype(np.float64, copy=False).T
        _keep(prices, part.start, 1, kept.others, kept.at, kept.price, kept.filled)
    return kept


def exact_gaps(points: NDArray, z: NDArray, vertices: NDArray, kept: Kept) -> NDArray[np.float64]:
    """g of every query, where no vertex that is not kept has a lower price; from differences, so to their rounding."""
    worst = np.zeros(len(points))
    _exact_worst(points, z, vertices, np.full(len(points), np.inf), kept.at, kept.price, kept.filled, worst)
    return worst


@compiled()
def _exact_worst(points, z, vertices, below, at, price, filled, worst):
    w = np.empty(points.shape[1])
    for q in range(points.shape[0]):
        for k in range(w.shape[0]):
            w[k] = z[q, k] - points[q, k]
        for c in range(filled[q]):
            if price[q, c] <= below[q]:
                worst[q] = max(worst[q], offset_dot(w, z[q], vertices[at[q, c]]))
