"""Closest flip points between two classes each: Yousefzadeh 2022, section 3, equations (5)-(10).

Per class, the closest point of the boundary *between* two classes, where (8) keeps the others below, is a quadratic
program. Its dual has no more variables than there are classes, and Newton's method solves it for all samples of a pair
in one compiled loop. Over all classes there is a simpler way: `phiscope.geometry.margin.closest`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import require_finite, span
from phiscope.errors import ConfigError, DataError
from phiscope.geometry.inputs import float64
from phiscope.geometry.margin.head import AffineLayer, Rows, affine_map
from phiscope.geometry.margin.pair import NEWTON, Pair
from phiscope.geometry.norms import lengths

if TYPE_CHECKING:
    from torch import Tensor

Vector = NDArray[np.float64]

LARGEST = 1e100  # of features, weights and biases


@dataclass(frozen=True)
class FlipPoints:
    """One row per sample and other class, samples in order, then classes.

    sample (r,) row of the features; own, other_class (r,); distance (r,) = ‖point - x‖, the margin, NaN without a
    point; point (r, f); status (r,): `solved`, `infeasible` (no flip point between the two classes satisfies the
    constraints), `degenerate_pair` (the two classes have the same weights) or `failed` (the solver gave
    nothing). The certificate is recomputed from point and multipliers: primal_residual is the largest distance by
    which a constraint is violated, dual_residual the violation of stationarity or of a multiplier's sign, both relative
    to ‖x‖ + ‖y - x‖; duality_gap is the primal minus the dual objective of ½‖y - x‖², relative to the square of that.
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
    x, weight, bias = checked(features, weight, bias, rows, lower_bound)
    require_solver(solver)
    return flips_of_pairs(x, weight, bias, (x @ weight + bias).argmax(1), lower_bound, solver)


def flips_of_pairs(
    x: Vector, weight: Vector, bias: Vector, own: NDArray[np.int64], lower_bound: float | None, solver: str,
    points: bool = True,
) -> FlipPoints:  # fmt: skip
    """Where two logits are equal but for rounding, a sample's own class rests on the rows that it is computed with: so
    it is given. points: whether all points are kept, m (n - 1) f numbers; without, `point` has no columns."""
    classes = weight.shape[1]
    others = np.array([[j for j in range(classes) if j != i] for i in range(classes)]).reshape(classes, classes - 1)
    table = _Rows(np.repeat(np.arange(len(x)), classes - 1), others[own].reshape(-1), x, points)
    for i in np.unique(own):
        members = np.flatnonzero(own == i)
        for position, j in enumerate(others[i]):
            _solve_pair(table, members * (classes - 1) + position, Pair.of(weight, bias, i, j, lower_bound), solver)
    return table.finish(own)


def flip_of_one(
    x: Vector, weight: Vector, bias: Vector, own: int, other: int, lower_bound: float | None, solver: str
) -> FlipPoints:
    """The row of one sample x (f,) of class `own` and one other class."""
    table = _Rows(np.zeros(1, np.int64), np.array([other]), x[None], points=False)
    _solve_pair(table, np.zeros(1, np.int64), Pair.of(weight, bias, own, other, lower_bound), solver)
    return table.finish(np.array([own]))


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

    def __init__(self, sample: NDArray, other: NDArray, features: Vector, points: bool) -> None:
        self.sample, self.other, self.features = sample, other, features
        self.distance = np.full(len(sample), np.nan)
        self.point = np.full((len(sample), features.shape[1] if points else 0), np.nan)
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
    if rows.point.size:
        rows.point[where] = optima.point
    rows.distance[where] = lengths(optima.point - x)
    rows.certificate[:, where] = pair.certificate(x, optima)


def checked(
    features: NDArray | Tensor,
    weight: NDArray | Tensor | AffineLayer,
    bias: NDArray | Tensor | None,
    rows: Rows | None,
    lower_bound: float | None,
) -> tuple[Vector, Vector, Vector]:
    x = float64(features, "features")
    if lower_bound is not None and not np.isfinite(lower_bound):
        raise ConfigError(f"lower_bound: {lower_bound!r}; expected a finite number, or None for none")
    if x.ndim != 2:
        raise DataError(f"features {x.shape}: expected (m, f), a row for each sample")
    matrix, offset = affine_map(weight, bias, x.shape[1], rows)
    require_finite(x, "features")
    for name, numbers in (("features", x), ("weight", matrix), ("bias", offset)):
        if np.abs(numbers).max(initial=0) > LARGEST:
            raise DataError(
                f"{name}: a number above {LARGEST:g}, and squares of that overflow; expected smaller numbers"
            )
    return x, matrix, offset
