"""Compiled: closest flip points between two classes, by Newton's method on the few multipliers.

The problem of `margin.flip_points` has f variables but, besides their bound, only one constraint per other class.
With the rows of B and d holding (7) first and then (8), its dual

    max  q(λ) = min ½‖y - x‖² + λᵀ(By - d) over y >= bound,    λ_k >= 0 for (8)

is concave, once differentiable and piecewise quadratic in those few variables: the inner minimiser is y(λ) =
max(x - Bᵀλ, bound), the gradient By(λ) - d, the second derivative -B_F B_Fᵀ, F the coordinates off the bound. Newton
steps, projected onto the signs (Bertsekas 1982, Projected Newton methods), find the piece of the optimum; the step on
that piece is exact.
"""

from __future__ import annotations

import numpy as np

from phiscope.geometry.compiled import compiled

STEPS = 50  # Newton steps before a sample is given up; a handful is usual
_START_STEPS = 12  # as many steps are taken at most with (7) alone
_CLOSE = 1e-3  # a change of the multiplier this small means the last step stayed on its piece
_EXACT = 2e-15  # a constraint holds when its terms cancel to this share of their sizes
_RIDGE = 1e-13  # relative to the curvature: constraints that lean on each other stay solvable
_ASCENT = 1e-4  # share of the predicted ascent that a step must bring (Armijo)
_FLAT = 1e-14  # changes of q below this share of it are rounding
_SHORTEST = 1e-10  # a step halved to this is taken as it is
_SUM = {"reassoc", "contract", "nsz"}  # lets sums be vectorised; NaN and infinity keep their meaning


@compiled(fastmath=_SUM)
def _dot(a, b):
    total = 0.0
    for c in range(a.shape[0]):
        total += a[c] * b[c]
    return total


@compiled(fastmath=_SUM)
def _evaluate(x, B, d, bound, multipliers, y, gradient):
    """y(λ) and the gradient, in place; returns q(λ)."""
    y[:] = x
    for k in range(B.shape[0]):
        factor = multipliers[k]
        if factor != 0.0:
            row = B[k]
            for c in range(y.shape[0]):
                y[c] -= factor * row[c]
    value = 0.0
    for c in range(y.shape[0]):
        y[c] = max(y[c], bound)
        value += 0.5 * (y[c] - x[c]) ** 2
    for k in range(B.shape[0]):
        gradient[k] = _dot(B[k], y) - d[k]
        value += multipliers[k] * gradient[k]
    return value


@compiled(fastmath=_SUM)
def _start(x, row, right, bound):
    """Newton's method on the multiplier of (7) alone: a start, and for half of the problems the answer."""
    multiplier = 0.0
    for _ in range(_START_STEPS):
        excess, slope = -right, 0.0
        for c in range(x.shape[0]):
            value = x[c] - multiplier * row[c]
            excess += row[c] * max(value, bound)
            slope += row[c] * row[c] if value > bound else 0.0
        if slope == 0.0:
            return 0.0
        multiplier += excess / slope
        if abs(excess) <= _CLOSE * slope * abs(multiplier):
            break
    return multiplier


@compiled()
def _working_set(multipliers, gradient, allowed, working):
    """Multipliers that may move: (7), those above 0, those that the gradient lifts. Returns how many; whether done."""
    working[0], count, done = 0, 1, abs(gradient[0]) <= allowed[0]
    for k in range(1, gradient.shape[0]):
        if multipliers[k] > 0.0 or gradient[k] > allowed[k]:
            working[count] = k
            count += 1
            done = done and abs(gradient[k]) <= allowed[k]
    return count, done


@compiled(fastmath=_SUM)
def _curvature(B, y, bound, working, count, masked, out):
    """Lower half of B_F B_Fᵀ over the working set."""
    for i in range(count):
        row = B[working[i]]
        for c in range(y.shape[0]):
            masked[c] = row[c] if y[c] > bound else 0.0
        for j in range(i, count):
            out[j, i] = _dot(masked, B[working[j]])


@compiled()
def _solve(matrix, ridge, right, size):
    """Solve (matrix + ridge I) v = right in place by Cholesky; matrix, lower half, is overwritten."""
    for i in range(size):
        for j in range(i + 1):
            total = matrix[i, j] + (ridge if i == j else 0.0)
            for k in range(j):
                total -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = np.sqrt(max(total, ridge)) if i == j else total / matrix[j, j]
        for k in range(i):
            right[i] -= matrix[i, k] * right[k]
        right[i] /= matrix[i, i]
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            right[i] -= matrix[k, i] * right[k]
        right[i] /= matrix[i, i]


@compiled()
def _advance(multipliers, gradient, step, length, working, count, trial):
    """trial = λ + length·step, signs kept; returns the ascent that the gradient promises."""
    trial[:] = multipliers
    promised = 0.0
    for i in range(count):
        k = working[i]
        trial[k] = multipliers[k] + length * step[i]
        if k > 0:
            trial[k] = max(trial[k], 0.0)
        promised += gradient[k] * (trial[k] - multipliers[k])
    return promised


@compiled()
def _newton_step(B, y, bound, sizes, gradient, working, count, masked, matrix, step):
    """step = (B_F B_Fᵀ)⁻¹ gradient over the working set."""
    _curvature(B, y, bound, working, count, masked, matrix)
    ridge = 0.0
    for i in range(count):
        step[i] = gradient[working[i]]
        ridge = max(ridge, _RIDGE * sizes[working[i]] ** 2)
    _solve(matrix, ridge, step, count)


@compiled()
def closest(points, B, d, bound, sizes, y, multipliers, converged):
    """The dual's optimum for every row of points (m, f); y (m, f), multipliers (m, k) and converged (m,) are written.

    B (k, f), d (k,); sizes (k,): norms of the rows of B. converged is False where STEPS were not enough, as when no
    point is feasible.
    """
    rows = B.shape[0]
    gradient, gradient_there, step, there = np.empty(rows), np.empty(rows), np.empty(rows), np.empty(rows)
    allowed, working, matrix = np.empty(rows), np.empty(rows, np.int64), np.empty((rows, rows))
    y_there, masked = np.empty(points.shape[1]), np.empty(points.shape[1])
    for q in range(points.shape[0]):
        x, here, y_here = points[q], multipliers[q], y[q]
        allowed[:] = _EXACT * (sizes * np.sqrt(_dot(x, x)) + np.abs(d))
        here[:] = 0.0
        here[0] = _start(x, B[0], d[0], bound)
        value = _evaluate(x, B, d, bound, here, y_here, gradient)
        for _ in range(STEPS):
            count, converged[q] = _working_set(here, gradient, allowed, working)
            if converged[q]:
                break
            _newton_step(B, y_here, bound, sizes, gradient, working, count, masked, matrix, step)
            length = 1.0
            while True:
                promised = _advance(here, gradient, step, length, working, count, there)
                reached = _evaluate(x, B, d, bound, there, y_there, gradient_there)
                if reached >= value + _ASCENT * promised - _FLAT * abs(value) or length < _SHORTEST:
                    break
                length *= 0.5
            here[:], y_here[:], gradient[:], value = there, y_there, gradient_there, reached
