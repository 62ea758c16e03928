"""The closest flip point over all classes, and so the margin: Yousefzadeh 2022, section 3, equations (11) and (12).

Constraint (8), that all other classes stay below, never binds here: the closest point of the union over j of
{z_j >= z_i, y >= lower bound} satisfies it by itself, since on the way to it no class overtook i. So the closest margin
is the least of one-dimensional searches, exact and vectorised, and most classes need none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks, span
from phiscope.geometry.margin.flips import Vector, checked, flips_of_pairs
from phiscope.geometry.margin.head import AffineLayer, Rows
from phiscope.geometry.margin.pair import NEWTON
from phiscope.geometry.norms import lengths

if TYPE_CHECKING:
    from torch import Tensor

NUMBERS = 4_000_000  # of an array for a block of samples
_AT_ONCE = 2**19  # of each of the dozen arrays of a search
_ROUNDING = 4 * np.finfo(np.float64).eps  # of a term of a logit
_TOUCHING = 2e-15  # of its terms' sizes: as small as this, what is left of a sum is rounding


@dataclass(frozen=True)
class ClosestFlip:
    """distance (m,): the margin, (12), inf without a boundary; other_class (m,), -1 without one; point (m, f)."""

    distance: Vector
    other_class: NDArray[np.int64]
    point: Vector

    def __repr__(self) -> str:
        return f"ClosestFlip({len(self.distance)} samples, distance {span(self.distance)})"


def closest_flip(
    features: NDArray | Tensor,
    weight: NDArray | Tensor | AffineLayer,
    bias: NDArray | Tensor | None = None,
    *,
    rows: Rows | None = None,
    lower_bound: float | None = 0.0,
) -> ClosestFlip:
    """min over j of  min ‖y - x‖  subject to  z_j(y) >= z_i(y),  y >= lower bound: equation (12).

    Shapes as in `flip_points`. Exact to rounding. With a = w_i - w_j the minimiser is y(t) = max(x - t a, lower
    bound) for the t at which aᵀy(t) = b_j - b_i; that function of t falls, piecewise linear, with a breakpoint
    where a coordinate meets the bound, or leaves it if the sample lies below the bound there. No class is nearer than
    its hyperplane, (z_i - z_j) / ‖a‖, so that classes are tried in the order of these and most are not: costs
    O(m n f + k f log f) for k <= m (n - 1) classes tried, and O(n² f) once.
    A sample below the bound whose nearest point above it is of another class has its closest flip point from
    `flip_points`, as the path does not begin in the sample's class.
    """
    x, weight, bias = checked(features, weight, bias, rows, lower_bound)
    own, least = np.empty(len(x), np.int64), np.full(len(x), np.inf)
    other, point = np.full(len(x), -1), np.full(x.shape, np.nan)
    hyperplanes = Hyperplanes.of(weight, bias)
    for block in blocks(len(x), max(1, NUMBERS // max(x.shape[1], weight.shape[1]))):
        logits = x[block] @ weight + bias
        own[block] = logits.argmax(1)
        bounds = hyperplanes.at_least(x[block], logits, own[block])
        least[block], other[block], point[block] = _nearest(x[block], weight, bias, own[block], bounds, lower_bound)
    for row in _elsewhere(x, weight, bias, own, lower_bound):
        flips = flips_of_pairs(x[row : row + 1], weight, bias, own[row : row + 1], lower_bound, NEWTON)
        if np.isfinite(flips.distance).any():
            nearest = int(np.nanargmin(flips.distance))
            least[row], other[row] = flips.distance[nearest], flips.other_class[nearest]
            point[row] = flips.point[nearest]
        else:
            least[row], other[row], point[row] = np.inf, -1, np.nan
    return ClosestFlip(least, other, point)


@dataclass(frozen=True)
class Hyperplanes:
    """What bounds the distances to the hyperplanes between any two of n classes from below.

    apart (n, n): upper bounds of ‖w_i - w_j‖, exact but where these are nearly the same; largest: ‖w_i‖ of all, and
    of the biases.
    """

    apart: Vector
    largest: tuple[float, float]

    @classmethod
    def of(cls, weight: Vector, bias: Vector) -> Hyperplanes:
        products = weight.T @ weight
        squares = np.diagonal(products)
        sums = squares[:, None] + squares
        apart = np.sqrt(np.maximum(sums - 2 * products, 0) + len(weight) * _ROUNDING * sums)
        return cls(apart, (lengths(weight.T).max(), np.abs(bias).max()))

    def at_least(self, x: Vector, logits: Vector, own: NDArray) -> Vector:
        """Lower bounds (m, n) of the distances of x (m, f) to all classes; inf for the own one.

        They are less than the distances to the hyperplanes by what the rounding of logits (m, n) may make of them.
        """
        rounding = x.shape[1] * _ROUNDING * (lengths(x) * self.largest[0] + self.largest[1])
        mine, between = np.take_along_axis(logits, own[:, None], 1), self.apart[own]
        with np.errstate(divide="ignore", invalid="ignore"):
            bounds = (mine - logits - 2 * rounding[:, None]) / between
        bounds = np.where(between > 0, bounds, -np.inf)  # squares of very small weights are 0, and bound nothing
        np.put_along_axis(bounds, own[:, None], np.inf, 1)
        return bounds


def _nearest(
    x: Vector, weight: Vector, bias: Vector, own: NDArray, bounds: Vector, lower_bound: float | None
) -> tuple[Vector, NDArray[np.int64], Vector]:
    """Distance, class and point of the closest flip; every class whose bound is no larger than the result was tried."""
    least, other, point = np.full(len(x), np.inf), np.full(len(x), -1), np.full(x.shape, np.nan)
    going = np.arange(len(x))
    bounds = bounds.copy()
    while going.size:
        j = bounds[going].argmin(1)
        open_ = (bounds[going, j] <= least[going]) & (bounds[going, j] < np.inf)
        going, j = going[open_], j[open_]
        bounds[going, j] = np.inf
        for some in blocks(len(going), max(1, _AT_ONCE // x.shape[1])):
            rows, their = going[some], j[some]
            y = _onto_boundary(
                x[rows], weight.T[own[rows]] - weight.T[their], bias[own[rows]] - bias[their], lower_bound
            )  # fmt: skip
            distance = lengths(y - x[rows])
            closer = (distance < least[rows]) | ((distance == least[rows]) & (their < other[rows]))
            rows = rows[closer]
            least[rows], other[rows], point[rows] = distance[closer], their[closer], y[closer]
    return least, other, point


def _elsewhere(x: Vector, weight: Vector, bias: Vector, own: NDArray, lower_bound: float | None) -> NDArray:
    """Rows below the bound whose nearest point above it has a larger logit than that of the row's class."""
    if lower_bound is None or not (rows := np.flatnonzero((x < lower_bound).any(1))).size:
        return np.empty(0, np.int64)
    logits = np.maximum(x[rows], lower_bound) @ weight + bias
    return rows[logits.max(1) > logits[np.arange(len(rows)), own[rows]]]


def _onto_boundary(x: Vector, a: Vector, c: Vector, lower_bound: float | None) -> Vector:
    """Nearest y >= lower bound with aᵀy + c = 0, per row; NaN where there is none.

    aᵀmax(x, lower bound) + c >= 0. A coordinate below the bound stays at it until x - t a has risen there, and for ever
    where a is not negative.
    """
    exponent = np.frexp(np.abs(a).max(axis=1))[1]  # a and c may be very small; the boundary stays where it is
    a, c = np.ldexp(a, -exponent[:, None]), np.ldexp(c, -exponent)
    squares = a**2
    reach = np.full(a.shape, np.inf)  # the t at which a coordinate meets the bound, or leaves it
    leaving = np.zeros(a.shape, np.bool_)
    above = x
    if lower_bound is not None:
        below, above = x < lower_bound, np.maximum(x, lower_bound)
        leaving = below & (a < 0)
        squares = np.where(below & (a >= 0), 0.0, squares)
        np.divide(x - lower_bound, a, out=reach, where=leaving | (~below & (a > 0)))
    excess = (a * above).sum(1) + c
    order = reach.argsort(1)
    reach, squares, leaving = (np.take_along_axis(each, order, 1) for each in (reach, squares, leaving))
    met, left = np.where(leaving, 0.0, squares), np.where(leaving, squares, 0.0)
    none = np.zeros((len(x), 1))
    turns = (met - left) * np.where(np.isfinite(reach), reach, 0)
    fall_before = np.concatenate([none, turns.cumsum(1)], axis=1)  # by coordinates at the bound
    slope = np.concatenate([met[:, ::-1].cumsum(1)[:, ::-1], none], axis=1)  # of those that have not met it
    if leaving.any():
        slope += np.concatenate([none, left.cumsum(1)], axis=1)
    until = np.concatenate([reach, np.full((len(x), 1), np.inf)], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        root = (excess[:, None] - fall_before) / slope
    inside = (slope > 0) & (root <= until)  # the first piece whose root comes before its end
    piece = inside.argmax(1)
    t = np.where(inside.any(1), np.take_along_axis(root, piece[:, None], 1)[:, 0], np.nan)
    # Where the boundary only touches the bounded region, at its corner, rounding decides whether it is reached.
    terms = (np.abs(a) * np.maximum(np.abs(above), np.abs(x))).sum(1) + np.abs(c)
    touching = ~inside.any(1) & a.any(1) & (excess - fall_before[:, -1] <= _TOUCHING * terms)
    t[touching] = np.where(np.isfinite(reach), reach, 0).max(axis=1, initial=0)[touching]
    y = x - t[:, None] * a
    return y if lower_bound is None else np.maximum(y, lower_bound)
