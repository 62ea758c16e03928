"""Closest flip points and margins: Yousefzadeh 2022, section 3, equations (5)-(12).

Two questions, two answers. Per class, the closest point of the boundary *between* two classes, where (8) keeps
the others below, is a quadratic program. Its dual has no more variables than there are classes, and Newton's method
solves it for all samples of a pair in one compiled loop. Over all classes, (8) never binds: the closest point of
the union over j of {z_j >= z_i, y >= lower bound} satisfies it by itself, since on the way to it no class overtook
i. So the closest margin is the least of one-dimensional searches, exact and vectorised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import as_numpy, require_finite, span
from phiscope.errors import ConfigError, DataError
from phiscope.geometry.margin.head import AffineLayer, Rows, affine_map
from phiscope.geometry.margin.pair import NEWTON, Pair

if TYPE_CHECKING:
    from torch import Tensor

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class FlipPoints:
    """One row per sample and other class, samples in order, then classes.

    sample (r,) row of the features; own, other_class (r,); distance (r,) = ‖point - x‖, the margin, NaN without a
    point; point (r, f); status (r,): `solved`, `infeasible` (no flip point between the two classes satisfies the
    constraints), `degenerate_pair` (the two classes have the same weights) or `failed` (the solver gave
    nothing). The certificate is recomputed from point and multipliers and is absolute: primal_residual is the
    largest violation of a constraint, dual_residual that of stationarity or of a multiplier's sign,
    duality_gap the primal minus the dual objective of ½‖y - x‖².
    """

    sample: NDArray[np.int64]
    own: NDArray[np.int64]
    other_class: NDArray[np.int64]
    distance: Vector
    point: Vector
    status: NDArray[np.str_]
    primal_residual: Vector
    dual_residual: Vector
    duality_gap: Vector

    def __repr__(self) -> str:
        return (
            f"FlipPoints({len(self.sample)} pairs of a sample and a class, {(self.status == 'solved').sum()} solved, "
            f"distance {span(self.distance)})"
        )


@dataclass(frozen=True)
class ClosestFlip:
    """distance (m,): the margin, (12), inf without a boundary; other_class (m,), -1 without one; point (m, f)."""

    distance: Vector
    other_class: NDArray[np.int64]
    point: Vector

    def __repr__(self) -> str:
        return f"ClosestFlip({len(self.distance)} samples, distance {span(self.distance)})"


def flip_points(
    features: NDArray | Tensor,
    weight: NDArray | Tensor | AffineLayer,
    bias: NDArray | Tensor | None = None,
    *,
    rows: Rows | None = None,
    lower_bound: float | None = 0.0,
    solver: str = NEWTON,
) -> FlipPoints:
    """min ½‖y - x‖²  subject to  z_i(y) = z_j(y),  z_i(y) >= z_k(y) for the other k,  y >= lower bound.

    Solved for every sample x, of class i, and every class j other than i: equations (7)-(10). features (m, f);
    weight, bias, rows: the head, an `nn.Linear` or a matrix and a vector, see `affine_map`; lower_bound None drops
    (10), which holds for features behind a ReLU. solver: `newton` (all samples of a pair of classes in one compiled
    loop over the n - 1 multipliers; what it leaves goes to daqp), or any back-end of qpsolvers that is installed (one
    problem at a time). Either way the certificate is recomputed from points and
    multipliers. Raises DataError for shapes that do not fit or values that are not finite, ConfigError for a solver
    that is not there.
    """
    x, weight, bias = _checked(features, weight, bias, rows)
    require_solver(solver)
    classes = weight.shape[1]
    own = (x @ weight + bias).argmax(1)
    others = np.array([[j for j in range(classes) if j != i] for i in range(classes)]).reshape(classes, classes - 1)
    table = _Rows(np.repeat(np.arange(len(x)), classes - 1), others[own].reshape(-1), x)
    for i in np.unique(own):
        members = np.flatnonzero(own == i)
        for position, j in enumerate(others[i]):
            _solve_pair(table, members * (classes - 1) + position, Pair.of(weight, bias, i, j, lower_bound), solver)
    return table.finish(own)


def require_solver(solver: str) -> None:
    """Raise ConfigError where `flip_points` has no such solver."""
    if solver == NEWTON:
        return
    import qpsolvers  # deferred: it imports every back-end that is installed

    if solver not in qpsolvers.available_solvers:
        installed = ", ".join((NEWTON, *qpsolvers.available_solvers))
        raise ConfigError(f"margins.solver: {solver!r} is not installed; expected one of {installed}")


class _Rows:
    """The table that the pairs fill, each its own rows."""

    def __init__(self, sample: NDArray, other: NDArray, features: Vector) -> None:
        self.sample, self.other, self.features = sample, other, features
        self.distance = np.full(len(sample), np.nan)
        self.point = np.full((len(sample), features.shape[1]), np.nan)
        self.status = np.full(len(sample), "failed", dtype="<U15")
        self.certificate = np.full((3, len(sample)), np.nan)

    def finish(self, own: NDArray) -> FlipPoints:
        return FlipPoints(
            self.sample, own[self.sample], self.other, self.distance, self.point, self.status, *self.certificate
        )


def _solve_pair(rows: _Rows, where: NDArray, pair: Pair, solver: str) -> None:
    if pair.degenerate:
        rows.status[where] = "degenerate_pair"
        return
    x = rows.features[rows.sample[where]]
    optima = pair.closest(x, solver)
    if not optima.solved.all():
        rows.status[where] = "failed" if pair.feasible() else "infeasible"
    rows.status[where[optima.solved]] = "solved"
    rows.point[where] = optima.point
    rows.distance[where] = np.linalg.norm(optima.point - x, axis=1)
    rows.certificate[:, where] = pair.certificate(x, optima)


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
    where a coordinate meets the bound. Costs O(m n f log f).
    """
    x, weight, bias = _checked(features, weight, bias, rows)
    own = (x @ weight + bias).argmax(1)
    least, other = np.full(len(x), np.inf), np.full(len(x), -1)
    point = np.full(x.shape, np.nan)
    for j in range(weight.shape[1]):
        y = _onto_boundary(x, weight[:, own].T - weight[:, j], bias[own] - bias[j], lower_bound)
        distance = np.linalg.norm(y - x, axis=1)
        closer = (own != j) & (distance < least)
        least[closer], other[closer], point[closer] = distance[closer], j, y[closer]
    return ClosestFlip(least, other, point)


def _onto_boundary(x: Vector, a: Vector, c: Vector, lower_bound: float | None) -> Vector:
    """Nearest y >= lower bound with aᵀy + c = 0, per row, where aᵀx + c >= 0; NaN where there is none."""
    excess = (a * x).sum(1) + c
    squares = a**2
    reach = np.full(a.shape, np.inf)  # the t at which a coordinate meets the bound
    if lower_bound is not None:
        np.divide(x - lower_bound, a, out=reach, where=a > 0)
    order = reach.argsort(1)
    reach, squares = np.take_along_axis(reach, order, 1), np.take_along_axis(squares, order, 1)
    stopped = np.where(np.isfinite(reach), squares * np.where(np.isfinite(reach), reach, 0), 0).cumsum(1)
    fall_before = np.concatenate([np.zeros((len(x), 1)), stopped], axis=1)  # by coordinates already at the bound
    slope = np.concatenate([squares[:, ::-1].cumsum(1)[:, ::-1], np.zeros((len(x), 1))], axis=1)  # of the others
    until = np.concatenate([reach, np.full((len(x), 1), np.inf)], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        root = (excess[:, None] - fall_before) / slope
    inside = (slope > 0) & (root <= until)  # the first piece whose root comes before its end
    piece = inside.argmax(1)
    t = np.where(inside.any(1), np.take_along_axis(root, piece[:, None], 1)[:, 0], np.nan)
    y = x - t[:, None] * a
    return y if lower_bound is None else np.maximum(y, lower_bound)


def _checked(
    features: NDArray | Tensor, weight: NDArray | Tensor | AffineLayer, bias: NDArray | Tensor | None, rows: Rows | None
) -> tuple[Vector, Vector, Vector]:
    x = np.asarray(as_numpy(features), dtype=np.float64)
    if x.ndim != 2:
        raise DataError(f"features {x.shape}: expected (m, f), a row for each sample")
    matrix, offset = affine_map(weight, bias, x.shape[1], rows)
    require_finite(x, "features")
    return x, matrix, offset
