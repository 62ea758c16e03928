"""Exact answers to flip-point problems: the optimum in rational arithmetic, proven by its optimality conditions.

Given which constraints hold with equality, the optimum of `phiscope.geometry.margin.flip_points` solves a linear
system. Floats are rational numbers, so that system and every sign can be computed without rounding. A guess of the
equalities that passes is the optimum, whoever made it; one that does not is refused.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np


def closest(x, B, d, lower_bound: float | None, guess, slack: float = 1e-9):
    """argmin ½‖y - x‖² subject to (By - d)_0 = 0, (By - d)_k <= 0, y >= lower_bound, in fractions; None if unproven.

    x (f,), B (k, f), d (k,); guess (f,): a point near the optimum, whose constraints within `slack` are tried as
    equalities; those with a multiplier of the wrong sign are dropped one by one.
    """
    scale = slack * (1 + np.abs(x).max())
    off_bound = np.ones(len(x), bool) if lower_bound is None else guess > lower_bound + scale
    active = [0, *(k for k in range(1, len(d)) if B[k] @ guess - d[k] >= -scale * np.linalg.norm(B[k]))]
    x, d, rows = _fractions(x), _fractions(d), [_fractions(row) for row in B]
    bound = None if lower_bound is None else Fraction(float(lower_bound))
    while active:
        multipliers = _multipliers(x, rows, d, bound, off_bound, active)
        if multipliers is None:
            return None
        wrong = [place for place in range(1, len(active)) if multipliers[place] < 0]
        if not wrong:
            return _proven(x, rows, d, bound, off_bound, active, multipliers)
        active.pop(min(wrong, key=lambda place: multipliers[place]))
    return None


def distance(x, y) -> float:
    """‖y - x‖ of fractions, rounded once or twice."""
    return float(sum((a - Fraction(float(b))) ** 2 for a, b in zip(y, x))) ** 0.5


def _fractions(values) -> list[Fraction]:
    return [Fraction(float(value)) for value in values]


def _multipliers(x, rows, d, bound, off_bound, active):
    """Solve B_F (x - B_Fᵀ λ)_F + B_bound·bound = d over the active rows."""
    free = np.flatnonzero(off_bound)
    system = [[sum(rows[k][c] * rows[m][c] for c in free) for m in active] for k in active]
    at_bound = [sum(rows[k][c] for c in np.flatnonzero(~off_bound)) * (bound or 0) for k in active]
    right = [sum(rows[k][c] * x[c] for c in free) + fixed - d[k] for k, fixed in zip(active, at_bound)]
    return _solve(system, right)


def _solve(system, right):
    """Gauss's elimination; None for a singular system."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(system, right)]
    for i in range(size):
        pivot = next((r for r in range(i, size) if rows[r][i] != 0), None)
        if pivot is None:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(size):
            if r != i and rows[r][i] != 0:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [rows[i][size] / rows[i][i] for i in range(size)]


def _proven(x, rows, d, bound, off_bound, active, multipliers):
    """The point of these multipliers if it satisfies every constraint and sign exactly, else None."""
    free_point = [value - sum(m * rows[k][c] for k, m in zip(active, multipliers)) for c, value in enumerate(x)]
    if bound is not None and any(
        (value >= bound) != off for value, off in zip(free_point, off_bound) if value != bound
    ):
        return None
    y = free_point if bound is None else [max(value, bound) for value in free_point]
    excess = [sum(a * b for a, b in zip(row, y)) - limit for row, limit in zip(rows, d)]
    return y if excess[0] == 0 and all(value <= 0 for value in excess[1:]) else None
