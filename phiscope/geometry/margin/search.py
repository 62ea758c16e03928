"""Compiled: the k closest flip points of a sample, of as few classes and constraints as prove that they are these.

For a sample x of class i every other class j has a lower bound of its margin, at first the distance to its hyperplane.
The class of the least bound is taken up: min ½‖y - x‖² subject to (7), (10) and those of (8) that were violated so
far. The dual value of that smaller problem bounds the margin as well, by weak duality, so that a class is given up as
soon as it cannot be among the k. Where the optimum violates none of (8) it is that of the whole problem. The search
ends when no bound is below the k-th margin.

Only a class whose hyperplane is no further than the step can be violated there: the others are not looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from phiscope.geometry.compiled import compiled
from phiscope.geometry.margin import newton

OPEN, SOLVED, NOWHERE, LEFT = 0, 1, 2, 3  # NOWHERE: equal weights, no boundary; LEFT: Newton's method did not end

_ROUNDING = 4 * np.finfo(np.float64).eps  # of a term of a sum
_SMALL = 2.0**-200  # squares of smaller weights lose digits: left to who scales
_EXACT = 2e-15  # as in `newton`: a constraint holds when it is violated by this share of its terms
_WIDER = 1 + 1e-9
_ZERO: Any = np.int64(0)  # of a literal 0 numba makes a type of its own, and compiles all once more


@compiled(fastmath={"reassoc", "contract", "nsz"})
def _dual_bound(x, B, d, multipliers, sizes, y):
    """A lower bound of the distance: the dual value at y = max(x - Bᵀλ, bound), less what its sums may have rounded."""
    value = newton._dot(y - x, y - x) / 2
    terms, length = value, np.sqrt(newton._dot(y, y))
    for k in range(B.shape[0]):
        value += multipliers[k] * (newton._dot(B[k], y) - d[k])
        terms += abs(multipliers[k]) * (sizes[k] * length + abs(d[k]))
    value -= _ROUNDING * x.shape[0] * terms
    return np.sqrt(2 * value) if value > 0 else 0.0


@compiled()
def _add(B, d, sizes, place, rows, bias, i, k):
    """The constraint z_k(y) <= z_i(y), or with = as (7), as a row of B y <= d."""
    sign = 1.0 if place else -1.0  # (7) is written (w_i - w_j) y = b_j - b_i, as in `Pair`
    for c in range(B.shape[1]):
        B[place, c] = sign * (rows[k, c] - rows[i, c])
    d[place] = sign * (bias[i] - bias[k])
    sizes[place] = np.sqrt(newton._dot(B[place], B[place]))


@compiled()
def _violated(x, y, B, d, sizes, used, count, rows, bias, i, hyperplanes):
    """Appends the constraints (8) that y violates; returns how many there are then."""
    step, length = np.sqrt(newton._dot(y - x, y - x)) * _WIDER, np.sqrt(newton._dot(x, x))
    for k in range(rows.shape[0]):
        if used[k] or hyperplanes[k] > step:
            continue
        _add(B, d, sizes, count, rows, bias, i, k)
        if newton._dot(B[count], y) - d[count] > _EXACT * (sizes[count] * length + abs(d[count])):
            used[k] = True
            count += 1
    return count


@compiled()
def _solve(x, i, j, rows, bias, hyperplanes, bound, cutoff, B, d, sizes, used, y, buffer, converged):
    """How it ended, the lower bound that was reached, and how many rows of B were used; y (1, f) and buffer are
    written, the latter with the multipliers. OPEN: the bound exceeds the cutoff."""
    used[:] = False
    used[i] = used[j] = True
    _add(B, d, sizes, _ZERO, rows, bias, i, j)
    largest = np.abs(B[0]).max()
    if largest == 0:
        return NOWHERE, np.inf, 0
    if largest < _SMALL:
        return LEFT, -np.inf, 0
    count, before, least = _ZERO + 1, _ZERO, -np.inf
    while count > before:
        before, multipliers = count, buffer[:count].reshape(1, count)
        newton.closest(x.reshape(1, -1), B[:count], d[:count], bound, sizes[:count], y, multipliers, converged)
        least = max(least, _dual_bound(x, B[:count], d[:count], multipliers[0], sizes[:count], y[0]))
        if least > cutoff:
            return OPEN, least, count
        if not converged[0]:
            return LEFT, least, count
        count = _violated(x, y[0], B, d, sizes, used, count, rows, bias, i, hyperplanes)
    return SOLVED, least, count


@compiled()
def _place(distance, other, value, j):
    """Where a class comes among the k: in place of the one that is furthest, the largest class among equals; or -1."""
    worst = 0
    for slot in range(1, len(distance)):
        if distance[slot] > distance[worst] or (distance[slot] == distance[worst] and other[slot] > other[worst]):
            worst = slot
    better = value < distance[worst] or (value == distance[worst] and j < other[worst])
    return worst if better else -1


@compiled()
def _least_open(lower, state, own):
    """The class of the least bound among the OPEN ones; -1 without any."""
    j = _ZERO - 1
    for c in range(len(lower)):
        if c != own and state[c] == OPEN and (j < 0 or lower[c] < lower[j]):
            j = c
    return j


@compiled()
def k_closest(points, own, rows, bias, bound, lower, state, distance, other, y, pull, offset, sign):
    """For every row of points (m, f), of classes own (m,), its k closest classes; k is the length of the outputs.

    rows (n, f), bias (n,): the head by class. lower (m, n): lower bounds of the margins, inf for the own class; state
    (m, n): OPEN. Both are written: of classes that are SOLVED the bound is the margin. distance (m, k), inf where there
    are fewer, other (m, k), y (m, k, f) are the margins, classes and points, in no order; pull (m, k, f) = Bᵀλ,
    offset (m, k) = λᵀd, and sign (m, k), the least multiplier of (8) times the size of its row, are what certificates
    are computed from.
    """
    n, f = rows.shape
    B, d, sizes, used = np.empty((n, f)), np.empty(n), np.empty(n), np.empty(n, np.bool_)
    point, buffer, converged = np.empty((1, f)), np.empty(n), np.empty(1, np.bool_)
    for q in range(points.shape[0]):
        hyperplanes = lower[q].copy()
        while True:
            j = _least_open(lower[q], state[q], own[q])
            cutoff = distance[q].max()
            if j < 0 or lower[q, j] > cutoff:
                break
            state[q, j], least, count = _solve(
                points[q], own[q], j, rows, bias, hyperplanes, bound, cutoff, B, d, sizes, used, point, buffer,
                converged,
            )  # fmt: skip
            lower[q, j] = max(lower[q, j], least)
            if state[q, j] != SOLVED:
                continue
            lower[q, j] = np.sqrt(newton._dot(point[0] - points[q], point[0] - points[q]))
            slot = _place(distance[q], other[q], lower[q, j], j)
            if slot < 0:
                continue
            distance[q, slot], other[q, slot], y[q, slot] = lower[q, j], j, point[0]
            pull[q, slot], offset[q, slot], sign[q, slot] = 0.0, 0.0, 0.0
            for r in range(count):
                pull[q, slot] += buffer[r] * B[r]
                offset[q, slot] += buffer[r] * d[r]
                if r > 0:
                    sign[q, slot] = min(sign[q, slot], buffer[r] * sizes[r])
