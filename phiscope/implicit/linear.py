"""The linear model f = Φw: least squares, the k largest coefficients, Lasso and basis pursuit, with certificates.

Matrices Φ (n, d) hold one function per column and one pixel per row, values y (n, c) one channel per column. Where Φ is
orthonormal nothing has to be solved: coefficients are inner products, and Parseval says what is missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from phiscope.arrays import require_finite
from phiscope.errors import DataError

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """weight (d, c); prediction (n, c) = Φw at every pixel; rank of the matrix of training pixels.

    residual (c,) is ‖Φᵀ(y - Φw)‖∞ over training pixels: 0 where w is a minimiser.
    """

    weight: Array
    prediction: Array
    rank: int
    residual: Array


@dataclass(frozen=True, eq=False)
class SparseFit:
    """weight (d, c) and its certificate per channel; status (c,): `solved` or the solver's own word for not.

    residual (c,) is ‖y - Φw‖∞ for basis pursuit and ‖y - Φw‖ for Lasso, where it is no error; duality_gap (c,) is the
    objective minus a proven lower bound of it, recomputed here from the weights and a dual point that is feasible.
    """

    weight: Array
    residual: Array
    duality_gap: Array
    status: NDArray[np.str_]

    def support(self, tolerance: float = 1e-9) -> NDArray[np.int64]:
        """(c,): number of weights above `tolerance` in absolute value."""
        return (np.abs(self.weight) > tolerance).sum(0)


def least_squares(features: Array, values: Array, train: NDArray[np.bool_] | None = None) -> LeastSquares:
    """min over w of ‖Φw - y‖² over the training pixels; of all minimisers the one of least norm.

    features (n, d) at all pixels, values (n, c), train (n,) which of them are fitted, by default all. Solved by QR with
    pivoting; directions below 1e-12 of the largest count as absent, so that rounding is not fitted.
    """
    features, values = _checked(features, values)
    seen = np.ones(len(values), dtype=bool) if train is None else np.asarray(train)
    if seen.shape != (len(values),) or seen.dtype != bool or not seen.any():
        raise DataError(f"train {seen.shape} {seen.dtype}: expected ({len(values)},) bool with one True at least")
    A, b = features[seen], values[seen]
    weight, _, rank, _ = scipy.linalg.lstsq(A, b, cond=1e-12, lapack_driver="gelsy")
    return LeastSquares(weight, features @ weight, int(rank), np.abs(A.T @ (b - A @ weight)).max(0))


def largest(coefficients: Array, k: int) -> Array:
    """min over w with k non-zeros of ‖c - w‖: all but the k largest coefficients set to 0.

    coefficients (d,), or (d, c) with one support for all channels, chosen by the sum of squares; among equals the
    first. For an orthonormal basis this is the best k-term approximation.
    """
    if not 0 <= k <= len(coefficients):
        raise DataError(f"k {k}: expected 0 to {len(coefficients)}, the number of coefficients")
    kept = np.argsort(-_power(coefficients), kind="stable")[:k]
    sparse_ones = np.zeros_like(coefficients)
    sparse_ones[kept] = coefficients[kept]
    return sparse_ones


def lasso(features: Array, values: Array, penalty: float, *, tolerance: float = 1e-10) -> SparseFit:
    """min over w of ½‖y - Φw‖² + λ‖w‖₁, per channel, by scikit-learn's coordinate descent.

    With orthonormal Φ and c = Φᵀy it is sign(c) max(|c| - λ, 0): for λ from the (k+1)-th |c| up to the k-th its support
    is that of `largest`.
    features (n, d), values (n, c). tolerance bounds the duality gap relative to ‖y‖²; the gap itself is computed anew:
    θ = r min(1, λ / ‖Φᵀr‖∞) with r = y - Φw is feasible for the dual, max ½‖y‖² - ½‖y - θ‖² with ‖Φᵀθ‖∞ <= λ.
    """
    features, values = _checked(features, values)
    if penalty <= 0:
        raise DataError(f"penalty {penalty}: expected above 0; without one use least_squares or basis_pursuit")
    from sklearn.linear_model import Lasso

    solver = Lasso(alpha=penalty / len(values), fit_intercept=False, tol=tolerance, max_iter=100_000)
    weight = np.stack([solver.fit(features, y).coef_.copy() for y in values.T], axis=1)
    rest = values - features @ weight
    objective = (rest**2).sum(0) / 2 + penalty * np.abs(weight).sum(0)
    scale = np.minimum(1, penalty / np.maximum(np.abs(features.T @ rest).max(0), np.finfo(float).tiny))
    bound = (values**2).sum(0) / 2 - ((values - scale * rest) ** 2).sum(0) / 2
    gap = objective - bound
    loose = gap > tolerance * np.maximum((values**2).sum(0), 1e-300)
    status = np.where(loose, "iteration_limit", "solved")
    return SparseFit(weight, np.linalg.norm(rest, axis=0), gap, status)


def basis_pursuit(
    features: Array, values: Array, *, method: str = "highs-ds", seconds: float | None = None
) -> SparseFit:
    """min over w of ‖w‖₁  subject to  Φw = y, per channel (Chen, Donoho and Saunders 1998), as a linear program.

    features (n, d) with fewer rows than columns: a subset of pixels, or an overcomplete dictionary. w = p - q with p, q
    >= 0. Solved by HiGHS, which scipy brings along and which ends at a vertex: exact zeros. method: `highs-ds` (dual
    simplex) or `highs-ipm`; seconds bounds one channel's time. A channel that was not solved is NaN.
    The gap is ‖w‖₁ - yᵀν, with the multipliers ν scaled so that ‖Φᵀν‖∞ <= 1.
    """
    features, values = _checked(features, values)
    both = np.hstack([features, -features])
    matrix = scipy.sparse.csr_array(both) if np.count_nonzero(both) < 0.1 * both.size else both
    options = {} if seconds is None else {"time_limit": seconds}
    columns = [_linear_program(matrix, features, y, method, options) for y in values.T]
    weight, multipliers, status = (np.stack(part, axis=-1) for part in zip(*columns))
    scale = np.maximum(np.abs(features.T @ multipliers).max(0), 1)
    gap = np.abs(weight).sum(0) - (values * multipliers).sum(0) / scale
    return SparseFit(weight, np.abs(features @ weight - values).max(0), gap, status)


_STATUS = {0: "solved", 1: "time_limit", 2: "infeasible", 3: "unbounded", 4: "failed"}


def _linear_program(matrix: object, features: Array, y: Array, method: str, options: dict) -> tuple[Array, Array, str]:
    functions = features.shape[1]
    solution = scipy.optimize.linprog(np.ones(2 * functions), A_eq=matrix, b_eq=y, method=method, options=options)
    if solution.status != 0:
        return np.full(functions, np.nan), np.full(len(y), np.nan), _STATUS[solution.status]
    return solution.x[:functions] - solution.x[functions:], solution.eqlin.marginals, "solved"


def _power(coefficients: Array) -> Array:
    """(d,) squares, summed over channels where there are any."""
    squares = np.asarray(coefficients) ** 2
    return squares if squares.ndim == 1 else squares.sum(1)


def _checked(features: Array, values: Array) -> tuple[Array, Array]:
    features, values = np.asarray(features, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if features.ndim != 2 or values.ndim != 2 or len(features) != len(values):
        raise DataError(f"features {features.shape} and values {values.shape}: expected (n, d) and (n, c)")
    require_finite(features, "features")
    require_finite(values, "values")
    return features, values
