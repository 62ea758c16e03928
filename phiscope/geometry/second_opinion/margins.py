"""Margins once more: the closest point of the boundary between two classes, as one quadratic program.

    min ½‖y - x‖²  subject to  z_i(y) = z_j(y),  z_i(y) >= z_k(y) for the other k,  y >= lower bound

of a sample x of class i: (7)-(10) of Yousefzadeh 2022. In steps t = (y - x) / s with rows of norm 1 that is

    min ½‖t‖²  subject to  A t = -r,  G t <= p,  t >= l,

r and p the distances from x to the planes. s is r where that is not 0; where the answer is far longer or shorter than
s, it is asked for once more in its own units.

Bounds, of whatever t, u and v >= 0 a back-end gives. Below: the least of the Lagrangian over t >= l, which lies at
max(-(Aᵀu + Gᵀv), l), so that it needs no residual. Above: t is raised to l, and is feasible for planes that are moved
by what it violates; the least value is convex in these moves, so that it is at most

    ½‖t‖² + |u| |A t + r| + vᵀ max(G t - p, 0)

with the multipliers of the optimum, for which those given stand. Where planes do not meet above l, what remains of

    min ½(A t + r)² + ½‖q‖²  subject to  G t - q <= p,  t >= l

are multipliers along whose ray the lower bound grows without end (Farkas).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from phiscope.geometry.second_opinion.back_end import PrimalDual, Vector, minimum

FAR = 1e3  # times as far as a sample is long: a proven lower bound of that counts as no flip point
_FITTING = (1e-2, 1e2)  # lengths of a step, in its unit
_VIOLATED = 1e-9  # a distance to a plane, of the step: more is no point between the classes
_PRICED = 1e-9  # what violations are worth, of the square of the step: more, and multipliers are still growing
_ALONG = [math.ldexp(1.0, power) for power in range(0, 61, 2)]  # of multipliers of length 1
_DENSE_BELOW = 5.5  # features over classes: of more, sparse factors are faster (measured)


class MarginBounds(NamedTuple):
    """lower <= margin <= upper; upper inf without a point, and size, how far rounding reaches: ‖x‖ + the margin."""

    lower: float
    upper: float
    size: float

    @property
    def nowhere(self) -> bool:
        """Whether there is no flip point, as far as can be proven."""
        return self.upper == np.inf and self.lower >= FAR * self.size


class _Steps(NamedTuple):
    """A t = -r, G t <= p, t >= l; see above."""

    A: Vector
    r: float
    G: Vector
    p: Vector
    l: Vector | None  # noqa: E741

    def starts_between(self, size: float) -> bool:
        """Whether x itself is a point between the two classes, as far as sums of this size can tell."""
        near = _rounding(len(self.A)) * size
        above = self.l is None or bool((self.l <= 0).all())
        return abs(self.r) <= near and bool((self.p >= -near).all()) and above

    def over(self, unit: float) -> _Steps:
        return _Steps(self.A, self.r / unit, self.G, self.p / unit, None if self.l is None else self.l / unit)


def _rounding(count: int) -> float:
    """Of a sum of so many products, relative to the sizes of what is multiplied."""
    return (count + 8) * 2.0**-53


def operations(features: int, classes: int) -> float:
    """Of one margin, in units of a nanosecond on the machine that it was measured on."""
    return 3e5 + min(features**3, 30 * features * classes**2)


def margin(
    x: Vector, weight: Vector, bias: Vector, i: int, j: int, lower_bound: float | None, *, solver: str
) -> MarginBounds:
    """Of a sample x (f,) of class i and class j; weight (f, n), bias (n,): the head, w_i and w_j not the same."""
    steps = _of(x, weight, bias, i, j, lower_bound)
    size, best = float(np.linalg.norm(x)), MarginBounds(0.0, np.inf, 0.0)
    if steps.starts_between(size):
        return MarginBounds(0.0, abs(steps.r), size)
    unit = abs(steps.r) if abs(steps.r) > _rounding(len(x)) * size else size or 1.0
    for _ in range(3):
        bounds, length = _bounds(steps.over(unit), weight.shape, solver)
        best = MarginBounds(max(best.lower, bounds[0] * unit), min(best.upper, bounds[1] * unit), 0.0)
        if best.upper - best.lower <= 1e-9 * best.upper or _FITTING[0] < length < _FITTING[1] or length == 0:
            break
        unit *= length
    return best._replace(size=size + (best.upper if np.isfinite(best.upper) else steps.r))


def _of(x: Vector, weight: Vector, bias: Vector, i: int, j: int, lower_bound: float | None) -> _Steps:
    a, c = weight[:, i] - weight[:, j], bias[i] - bias[j]
    others = [k for k in range(len(bias)) if k not in (i, j)]
    G, p = (weight[:, others] - weight[:, [i]]).T, bias[i] - bias[others]
    norms = np.linalg.norm(G, axis=1)
    norms[norms == 0] = 1.0
    length = np.linalg.norm(a)
    bound = None if lower_bound is None else lower_bound - x
    return _Steps(a / length, float((a @ x + c) / length), G / norms[:, None], (p - G @ x) / norms, bound)


def _bounds(steps: _Steps, shape: tuple[int, ...], solver: str) -> tuple[tuple[float, float], float]:
    """Lower and upper bound of ‖t‖, and the length of the t that was given."""
    f, classes = shape
    several = len(steps.p) > 0  # of two classes there is no third
    planes = (steps.G, steps.p) if several else (None, None)
    given = minimum(
        np.eye(f), np.zeros(f), planes[0], planes[1], steps.A[None], np.array([-steps.r]), steps.l,
        solver=solver, sparse=f > _DENSE_BELOW * classes,
    )  # fmt: skip
    if given is None:
        return (0.0, np.inf), 0.0
    upper, lower = _above(steps, given), _below(steps, float(given.equal[0]), given.below)
    if upper == np.inf:
        lower = max(lower, _along_ray(steps, solver))
    return (lower, upper), float(np.linalg.norm(given.x)) if np.isfinite(upper) else 0.0


def _below(steps: _Steps, u: float, v: Vector) -> float:
    t = -(u * steps.A + v @ steps.G)
    t = t if steps.l is None else np.maximum(t, steps.l)
    value = float(t @ t) / 2 + u * float(steps.A @ t + steps.r) + float(v @ (steps.G @ t - steps.p))
    return math.sqrt(2 * max(value, 0.0))


def _along_ray(steps: _Steps, solver: str) -> float:
    """The largest lower bound along the ray of what the least violation leaves; 0 where that is nothing."""
    count, f = steps.G.shape
    P, q = np.zeros((f + count, f + count)), np.zeros(f + count)
    P[:f, :f], P[f:, f:], q[:f] = np.outer(steps.A, steps.A), np.eye(count), steps.r * steps.A
    G = np.concatenate([steps.G, -np.eye(count)], axis=1) if count else None
    bound = None if steps.l is None else np.concatenate([steps.l, np.full(count, -np.inf)])
    given = minimum(P, q, G, steps.p if count else None, lb=bound, solver=solver)
    if given is None:
        return 0.0
    left, beyond = float(steps.A @ given.x[:f] + steps.r), given.x[f:].clip(0)
    size = abs(left) + float(np.linalg.norm(beyond))
    if size == 0:
        return 0.0
    return max(_below(steps, times * left / size, times * beyond / size) for times in _ALONG)


def _above(steps: _Steps, given: PrimalDual) -> float:
    t = given.x if steps.l is None else np.maximum(given.x, steps.l)
    between, beyond = abs(float(steps.A @ t + steps.r)), (steps.G @ t - steps.p).clip(0)
    square, worth = float(t @ t), abs(float(given.equal[0])) * between + float(given.below @ beyond)
    violated = max(between, float(beyond.max(initial=0.0))) > _VIOLATED * math.sqrt(square)
    return math.inf if violated or worth > _PRICED * square else math.sqrt(square + 2 * worth)
