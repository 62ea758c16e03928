"""One pair of classes: the constraints of its boundary, two ways to its closest points, and their certificate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from phiscope.geometry.norms import lengths

Vector = NDArray[np.float64]

NEWTON = "newton"  # the solver in `newton.py`; every other name is a back-end of qpsolvers
_SMALL = 2.0**-200
SECOND = "daqp"  # is asked for the samples that Newton's method leaves


@dataclass(frozen=True)
class Optima:
    """Points (m, f) and multipliers u (m,) of (7), v (m, n - 2) >= 0 of (8), s (m, f) <= 0 of the bound; NaN: none."""

    point: Vector
    u: Vector
    v: Vector
    s: Vector

    @property
    def solved(self) -> NDArray[np.bool_]:
        return np.asarray(np.isfinite(self.point).all(1))

    def put(self, rows: NDArray | int, other: Optima) -> None:
        for mine, theirs in zip(vars(self).values(), vars(other).values()):
            mine[rows] = theirs


@dataclass(frozen=True)
class Pair:
    """Constraints of the boundary between classes i and j: A y = b is (7), G y <= h is (8), y >= lower_bound."""

    A: Vector
    b: Vector
    G: Vector
    h: Vector
    lower_bound: float | None

    @classmethod
    def of(cls, weight: Vector, bias: Vector, i: int, j: int, lower_bound: float | None) -> Pair:
        others = [k for k in range(weight.shape[1]) if k not in (i, j)]
        A, G = (weight[:, i] - weight[:, j])[None], np.ascontiguousarray((weight[:, others] - weight[:, [i]]).T)
        b, h = np.array([bias[j] - bias[i]]), bias[i] - bias[others]
        size = np.abs(A).max()
        if 0 < size < _SMALL:  # squares lose digits
            A, b, G, h = (part / _power(size) for part in (A, b, G, h))
        return cls(A, b, G, h, lower_bound)

    @property
    def degenerate(self) -> bool:
        return not self.A.any()

    @property
    def lb(self) -> Vector | None:
        return None if self.lower_bound is None else np.full(self.A.shape[1], float(self.lower_bound))

    @cached_property
    def sizes(self) -> Vector:
        """Norms of the rows of A and G; 1 for a row of zeros."""
        norms = np.linalg.norm(np.concatenate([self.A, self.G]), axis=1)
        return np.where(norms > 0, norms, 1.0)

    def scaled(self, unit: float) -> Pair:
        """The same constraints on y / unit, with rows of norm 1: solvers measure violations by absolute numbers."""
        a, g = self.sizes[:1, None], self.sizes[1:, None]
        bound = None if self.lower_bound is None else self.lower_bound / unit
        return Pair(self.A / a, self.b / a[:, 0] / unit, self.G / g, self.h / g[:, 0] / unit, bound)

    def feasible(self) -> bool:
        """Whether any point satisfies the constraints, asked of a linear program: the same for every sample."""
        if (self.h[~self.G.any(1)] < 0).any():
            return False
        offsets = np.abs(np.concatenate([self.b, self.h])) / self.sizes
        # Tolerances of the program are absolute: in the units of the boundary, or else of what is nearest to it.
        nearest = offsets[1:][offsets[1:] > 0].min(initial=np.inf)
        pair = self.scaled(_power(max(offsets[0], abs(self.lower_bound or 0.0)) or nearest))
        cost, box = np.zeros(pair.A.shape[1]), (pair.lower_bound, None)
        return scipy.optimize.linprog(cost, pair.G, pair.h, pair.A, pair.b, bounds=box, method="highs").status != 2

    def closest(self, x: Vector, solver: str) -> Optima:
        """min ½‖y - x‖² subject to the constraints, for every row of x (m, f)."""
        if solver != NEWTON:
            return _by_back_end(self, x, solver)
        optima = _by_newton(self, x)
        left = np.flatnonzero(~optima.solved)
        if len(left) and self.feasible():
            optima.put(left, _by_back_end(self, x[left], SECOND))
        return optima

    def certificate(self, x: Vector, optima: Optima) -> Vector:
        """(3, m): primal residual, dual residual and duality gap, from points and multipliers alone.

        Stationarity is y - x + Aᵀu + Gᵀv + s = 0, and primal minus dual objective is yᵀ(y - x) + bᵀu + hᵀv + lbᵀs
        once it holds (as qpbenchmark computes them). All are relative to what they are differences of: violations
        are distances from a constraint over ‖x‖ + ‖y - x‖, like residuals of stationarity; the gap over its square.
        """
        y, u, v, s = optima.point, optima.u, optima.v, optima.s
        step = y - x
        size = lengths(x) + lengths(step)
        violations = [np.abs(y @ self.A.T - self.b) / self.sizes[:1], (y @ self.G.T - self.h) / self.sizes[1:]]
        if self.lower_bound is not None:
            violations.append((self.lower_bound - y).max(1, keepdims=True))
        stationarity = step + u[:, None] * self.A + v @ self.G + s
        gap = (step * y).sum(1) + u * self.b + v @ self.h + s.sum(1) * (self.lower_bound or 0.0)
        primal = np.concatenate(violations, axis=1).max(1).clip(0)
        signs = (-v * self.sizes[1:]).max(1, initial=0.0)
        dual = np.max([np.abs(stationarity).max(1), s.max(1), signs], axis=0)
        size[size == 0] = 1.0
        return np.stack([primal / size, dual / size, np.abs(gap) / size / size])


def _by_newton(pair: Pair, x: Vector) -> Optima:
    from phiscope.geometry.margin import newton  # deferred: compiled, and `closest_flip` does without

    B, d = np.concatenate([pair.A, pair.G]), np.concatenate([pair.b, pair.h])
    bound = -np.inf if pair.lower_bound is None else float(pair.lower_bound)
    y, multipliers, converged = np.empty_like(x), np.empty((len(x), len(B))), np.zeros(len(x), np.bool_)
    newton.closest(x, B, d, bound, np.linalg.norm(B, axis=1), y, multipliers, converged)
    y[~converged] = multipliers[~converged] = np.nan
    return Optima(y, multipliers[:, 0], multipliers[:, 1:], np.minimum(x - multipliers @ B - bound, 0))


def _by_back_end(pair: Pair, x: Vector, solver: str) -> Optima:
    """One problem at a time through qpsolvers, in units of its own size."""
    import qpsolvers  # deferred: it imports every back-end that is installed

    (m, f), inequalities, identity = x.shape, len(pair.h), np.eye(x.shape[1])
    optima = Optima(*(np.full(shape, np.nan) for shape in ((m, f), m, (m, inequalities), (m, f))))
    sizes = lengths(x) + np.abs(x @ pair.A[0] - pair.b) / pair.sizes[0]  # no margin is smaller than the second
    for row, query in enumerate(x):
        unit = _power(sizes[row])
        own = pair.scaled(unit)
        lb = own.lb
        problem = qpsolvers.Problem(identity, -query / unit, own.G, own.h, own.A, own.b, lb)
        solution = qpsolvers.solve_problem(problem, solver, **_SETTINGS.get(solver, {}))
        if solution.found and solution.x is not None and solution.y is not None and solution.z is not None:
            bounds = solution.z_box if lb is not None and solution.z_box is not None else np.zeros(f)
            u, v = solution.y[0] / pair.sizes[0], solution.z / pair.sizes[1:]
            optima.put(row, Optima(*(unit * part for part in (solution.x, u, v, bounds))))
    return optima


def _power(size: float) -> float:
    """The power of 2 at a size; 1 for none."""
    return float(2.0 ** np.frexp(size)[1]) if 0 < size < np.inf else 1.0


# daqp stops at a violation of 1e-6 by itself; these problems are small enough to ask for all that is there.
_SETTINGS: dict[str, dict[str, Any]] = {"daqp": {"primal_tol": 1e-11, "dual_tol": 1e-11}}
