"""Margins to the k closest classes of each sample, proven to be these: Yousefzadeh 2022, section 3, equations (5)-(11).

With n classes every sample has n - 1 boundaries, and each problem n - 2 constraints (8): of a thousand classes few of
either matter. What a class is proven to be no closer than comes from weak duality (`phiscope.geometry.margin.search`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks, span
from phiscope.errors import ConfigError
from phiscope.geometry.margin.closest import Hyperplanes
from phiscope.geometry.margin.flips import FlipPoints, checked, flip_of_one, flips_of_pairs, require_solver
from phiscope.geometry.margin.head import AffineLayer, Rows
from phiscope.geometry.margin.pair import NEWTON
from phiscope.geometry.norms import lengths

if TYPE_CHECKING:
    from torch import Tensor

Vector = NDArray[np.float64]

FEW = 32  # classes of which all are solved: that takes no longer than proving that some need not be
_NUMBERS = 2_000_000  # of the points of a block of samples, and of their logits


@dataclass(frozen=True)
class RankedFlips:
    """Rows (r,) as in `FlipPoints`, samples in order, then classes, without points; and of the m samples what was done.

    rank (r,): 1 for the closest class of the sample, the lower class among equals; 0 where there is no margin. solved
    (m,): how many classes had their problem solved. others_at_least (m,): a proven lower bound of the margins to all
    classes that have no row; inf where all have one, or none of these has a flip point.
    """

    sample: NDArray[np.int64]
    own: NDArray[np.int64]
    other_class: NDArray[np.int64]
    rank: NDArray[np.int64]
    distance: Vector
    status: NDArray[np.str_]
    primal_residual: Vector
    dual_residual: Vector
    duality_gap: Vector
    solved: NDArray[np.int64]
    others_at_least: Vector

    def __repr__(self) -> str:
        return f"RankedFlips({len(self.solved)} samples, {len(self.rank)} rows, distance {span(self.distance)})"


def closest_classes(
    features: NDArray | Tensor,
    weight: NDArray | Tensor | AffineLayer,
    bias: NDArray | Tensor | None = None,
    *,
    classes: int | None,
    rows: Rows | None = None,
    lower_bound: float | None = 0.0,
    solver: str = NEWTON,
) -> RankedFlips:
    """The rows of `flip_points` of the k = classes closest classes of each sample; None: of all.

    Arguments as of `flip_points`. A class that is left out has a lower bound of its margin that is no less than the
    k-th, or has been solved and is further away, or has no flip point: `others_at_least`. One whose problem no solver
    could end is kept, as `failed`. Points are held for a block of samples at a time. Costs some problems of a few
    constraints for each class that comes into question, O(k n f) for the certificates, and O(n² f) once.
    """
    x, matrix, offset = checked(features, weight, bias, rows, lower_bound)
    require_solver(solver)
    if classes is not None and (isinstance(classes, bool) or classes < 1):
        raise ConfigError(f"classes: {classes!r}; expected a whole number from 1, or None for all")
    return ranked(x, matrix, offset, (x @ matrix + offset).argmax(1), lower_bound, solver, classes)


def ranked(
    x: Vector, weight: Vector, bias: Vector, own: NDArray, lower_bound: float | None, solver: str, classes: int | None
) -> RankedFlips:
    """As `closest_classes`, of what was checked; own (m,): the classes of the samples."""
    n = weight.shape[1]
    if classes is None or classes >= n - 1 or n <= FEW:
        return _of_all(flips_of_pairs(x, weight, bias, own, lower_bound, solver, points=False), len(x), classes)
    search = _Search(weight, bias, lower_bound, solver, classes, Hyperplanes.of(weight, bias))
    size = max(1, _NUMBERS // (classes * (2 * x.shape[1] + n)))
    parts = [search.of(x[block], own[block], block.start) for block in blocks(len(x), size)]
    return RankedFlips(*(np.concatenate([getattr(p, name) for p in parts]) for name in RankedFlips.__annotations__))


def _of_all(flips: FlipPoints, samples: int, classes: int | None) -> RankedFlips:
    """The rows of the k closest, where all were solved."""
    solved = flips.status == "solved"
    order = np.lexsort((flips.other_class, np.where(solved, flips.distance, np.inf), flips.sample))
    before = np.searchsorted(flips.sample, np.arange(samples))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - before[flips.sample[order]] + 1
    rank[~solved] = 0
    kept = np.ones(len(rank), np.bool_)
    if classes is not None:
        kept = ((rank > 0) & (rank <= classes)) | (flips.status == "failed")
    least = np.full(samples, np.inf)
    left = ~kept & solved
    np.minimum.at(least, flips.sample[left], flips.distance[left])
    names = ("sample", "own", "other_class", "distance", "status", "primal_residual", "dual_residual", "duality_gap")
    count = np.bincount(flips.sample, minlength=samples)
    return RankedFlips(
        **{name: getattr(flips, name)[kept] for name in names}, rank=rank[kept], solved=count, others_at_least=least
    )


@dataclass(frozen=True)
class _Search:
    """The head, what is asked of it, and bounds."""

    weight: Vector
    bias: Vector
    lower_bound: float | None
    solver: str
    classes: int
    hyperplanes: Hyperplanes

    def of(self, x: Vector, own: NDArray, start: int) -> RankedFlips:
        """Of a block of samples, the first of which is number `start`."""
        from phiscope.geometry.margin import search  # deferred: compiled

        k, (m, f) = self.classes, x.shape
        lower = self.hyperplanes.at_least(x, x @ self.weight + self.bias, own)
        state = np.full(lower.shape, search.OPEN, np.int8)
        distance, other = np.full((m, k), np.inf), np.full((m, k), -1)
        y, pull, offset, sign = np.zeros((m, k, f)), np.zeros((m, k, f)), np.zeros((m, k)), np.zeros((m, k))
        bound = -np.inf if self.lower_bound is None else float(self.lower_bound)
        if self.solver == NEWTON:
            rows = np.ascontiguousarray(self.weight.T)
            search.k_closest(x, own, rows, self.bias, bound, lower, state, distance, other, y, pull, offset, sign)
        else:
            state[:] = search.LEFT
            state[np.arange(m), own] = search.NOWHERE
        certificate = np.full((3, m, k), np.nan)
        who, slot = np.nonzero(other >= 0)
        of_each = (part[who, slot] for part in (y, pull, offset, sign))
        certificate[:, who, slot] = self._certificate(x[who], own[who], other[who, slot], *of_each)
        solved, failed = (state == search.SOLVED).sum(1), []
        for q in np.flatnonzero((state == search.LEFT).any(1)).tolist():
            failed += self._finish(x, own, q, state[q] == search.LEFT, lower, distance, other, certificate, solved)
        who, slot = np.nonzero(other >= 0)
        lower[who, other[who, slot]] = lower[np.arange(m), own] = np.inf
        return _rows(start, own, distance, other, certificate, failed, solved, lower.min(1))

    def _finish(
        self, x: Vector, own: NDArray, q: int, left: NDArray, lower: Vector, distance: Vector, other: NDArray,
        certificate: Vector, solved: NDArray,
    ) -> list[tuple[int, int]]:  # fmt: skip
        """One class after the other that was left, by the whole problem, into the arrays; those that failed."""
        failed = []
        for j in np.flatnonzero(left)[np.argsort(lower[q, left], kind="stable")]:
            worst = np.lexsort((other[q], distance[q]))[-1]
            if lower[q, j] > distance[q, worst]:
                continue
            flip = flip_of_one(x[q], self.weight, self.bias, own[q], int(j), self.lower_bound, self.solver)
            solved[q] += 1
            lower[q, j] = np.inf
            if flip.status[0] == "failed":
                failed.append((q, int(j)))
            elif flip.status[0] == "solved":
                lower[q, j] = flip.distance[0]
                if (flip.distance[0], j) < (distance[q, worst], other[q, worst] % len(self.bias)):
                    distance[q, worst], other[q, worst] = flip.distance[0], j
                    certificate[:, q, worst] = flip.primal_residual[0], flip.dual_residual[0], flip.duality_gap[0]
        return failed

    def _certificate(
        self, x: Vector, own: NDArray, other: NDArray, y: Vector, pull: Vector, offset: Vector, sign: Vector
    ) -> Vector:
        """As `Pair.certificate`, of rows (r,) of as many pairs of classes; pull = Aᵀu + Gᵀv, offset = bᵀu + hᵀv."""
        step, rows = y - x, self.weight.T
        size = lengths(x) + lengths(step)
        a, c = rows[own] - rows[other], self.bias[own] - self.bias[other]
        primal = np.abs((a * y).sum(1) + c) / lengths(a)
        over = y @ self.weight + self.bias
        over -= np.take_along_axis(over, own[:, None], 1)
        row, k = np.nonzero(over > 0)  # few: a violation is rounding
        apart = lengths(rows[k] - rows[own[row]])
        np.maximum.at(primal, row, over[row, k] / np.where(apart > 0, apart, 1.0))
        s = np.zeros_like(x)
        if self.lower_bound is not None:
            s = np.minimum(x - pull - self.lower_bound, 0)
            primal = np.maximum(primal, (self.lower_bound - y).max(1))
        dual = np.max([np.abs(step + pull + s).max(1), s.max(1), -sign], axis=0)
        gap = (step * y).sum(1) + offset + s.sum(1) * (self.lower_bound or 0.0)
        size[size == 0] = 1.0
        return np.stack([primal / size, dual / size, np.abs(gap) / size / size])


def _rows(
    start: int, own: NDArray, distance: Vector, other: NDArray, certificate: Vector, failed: list[tuple[int, int]],
    solved: NDArray, least: Vector,
) -> RankedFlips:  # fmt: skip
    order = np.lexsort((other, distance), axis=1)
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(1, order.shape[1] + 1)[None], 1)
    q, slot = np.nonzero(other >= 0)
    without = np.array(failed, np.int64).reshape(-1, 2)
    sample, none = np.concatenate([q, without[:, 0]]), np.full(len(without), np.nan)
    classes = np.concatenate([other[q, slot], without[:, 1]])
    status = np.repeat(np.array(["solved", "failed"], "<U15"), [len(q), len(without)])
    numbers = [np.concatenate([part[q, slot], none]) for part in (distance, *certificate)]
    ranks = np.concatenate([rank[q, slot], np.zeros(len(without), np.int64)])
    by = np.lexsort((classes, sample))
    distances, primal, dual, gap = (part[by] for part in numbers)
    who = start + sample[by], own[sample[by]], classes[by], ranks[by]
    return RankedFlips(*who, distances, status[by], primal, dual, gap, solved, least)
