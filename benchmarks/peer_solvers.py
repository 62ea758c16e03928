"""Other ways to the nearest point of a hull: each a function (x (d,), vertices (n, d)) -> weights (n,).

Written or called the way their authors describe them, one query at a time; how good the weights are is for the
benchmark to judge.
"""

from __future__ import annotations

import daqp
import numpy as np
import qpsolvers
import quadprog
import scipy.sparse as sp
from scipy.optimize import nnls


def interior_or_active_set(solver: str):
    """min ½‖z - x‖² over (z, α) with z = αD: d + n variables, so that the Hessian is diagonal."""

    def solve(x, vertices):
        n, d = vertices.shape
        P = sp.block_diag([sp.identity(d), sp.csc_matrix((n, n))], format="csc")
        q = np.concatenate([-x, np.zeros(n)])
        A = sp.bmat(
            [[-sp.identity(d), sp.csc_matrix(vertices.T)], [None, sp.csc_matrix(np.ones((1, n)))]], format="csc"
        )
        lb = np.concatenate([np.full(d, -np.inf), np.zeros(n)])
        ub = np.full(d + n, np.inf)
        solution = qpsolvers.solve_qp(P, q, A=A, b=np.append(np.zeros(d), 1.0), lb=lb, ub=ub, solver=solver)
        return np.full(n, np.nan) if solution is None else solution[d:]

    return solve


def dual_form(solver: str):
    """min ½‖w‖² subject to <w, d_j - x> >= 1 for all j: d variables and n constraints, of x outside the hull alone.

    Its optimum is w = (z - x) / ‖z - x‖², its multipliers are α / ‖z - x‖². Scaled so that the nearest
    vertex is 1 away.
    """

    def solve(x, vertices):
        edges = vertices - x
        edges = edges / np.linalg.norm(edges, axis=1).min()
        n, d = edges.shape
        if solver == "daqp":
            *_, flag, info = daqp.solve(
                np.eye(d), np.zeros(d), edges, np.full(n, 1e30), np.ones(n), np.zeros(n, np.intc), primal_tol=1e-11
            )
            multipliers = -info["lam"] if flag == 1 else np.full(n, np.nan)
        else:
            multipliers = quadprog.solve_qp(np.eye(d), np.zeros(d), np.ascontiguousarray(edges.T), np.ones(n))[4]
        return multipliers / multipliers.sum()

    return solve


def nnls_with_penalty(x, vertices, penalty: float = 1e3):
    """min ‖αD - x‖² + M²(Σα - 1)², α >= 0 (Lawson and Hanson 1974)."""
    rows = np.vstack([vertices.T, np.full((1, len(vertices)), penalty)])
    weights, _ = nnls(rows, np.append(x, penalty), maxiter=100 * rows.shape[0])
    return weights


def wolfe(x, vertices, tolerance: float = 1e-12):
    """Wolfe's min-norm point (1976) on all vertices, one entering vertex at a time, in plain numpy."""
    edges = vertices - x
    support = [int((edges**2).sum(1).argmin())]
    weights = np.ones(1)
    for _ in range(10_000):
        point = weights @ edges[support]
        prices = edges @ point
        entering = int(prices.argmin())
        if point @ point - prices[entering] <= tolerance * np.abs(prices).max() or entering in support:
            break
        support.append(entering)
        weights = np.append(weights, 0.0)
        while True:
            chosen = edges[support]
            size = len(support)
            system = np.block([[chosen @ chosen.T, np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
            target = np.linalg.lstsq(system, np.append(np.zeros(size), 1.0), rcond=None)[0][:size]
            if (target > 0).all():
                weights = target
                break
            falling = target <= 0
            step = (weights[falling] / (weights[falling] - target[falling])).min()
            weights = weights + step * (target - weights)
            keep = weights > 1e-14
            support, weights = [v for v, k in zip(support, keep) if k], weights[keep]
    return _spread(len(vertices), support, weights)


def frank_wolfe(pairwise: bool, rounds: int = 2000, tolerance: float = 1e-6):
    """Away-step or pairwise Frank-Wolfe with exact line search (Lacoste-Julien and Jaggi 2015), to a relative gap."""

    def solve(x, vertices):
        alpha = np.zeros(len(vertices))
        alpha[int(((vertices - x) ** 2).sum(1).argmin())] = 1.0
        z = alpha @ vertices
        for _ in range(rounds):
            prices = vertices @ (z - x)
            active = np.flatnonzero(alpha)
            toward, away = int(prices.argmin()), int(active[prices[active].argmax()])
            level = prices[active] @ alpha[active]
            if level - prices[toward] <= tolerance * np.linalg.norm(z - x) * np.linalg.norm(vertices[toward] - z):
                break
            if pairwise:
                direction, longest = vertices[toward] - vertices[away], alpha[away]
            elif level - prices[toward] >= prices[away] - level:
                direction, longest, away = vertices[toward] - z, 1.0, -1
            else:
                direction, longest, toward = z - vertices[away], alpha[away] / max(1 - alpha[away], 1e-300), -1
            step = min(longest, -(direction @ (z - x)) / (direction @ direction))
            if not pairwise:
                alpha *= 1 - step if away < 0 else 1 + step
            if toward >= 0:
                alpha[toward] += step
            if away >= 0:
                alpha[away] = 0.0 if step == longest else alpha[away] - step
            z = z + step * direction
        return alpha

    return solve


def sketching(x, vertices, piece: int = 500, steps: int = 300):
    """Yousefzadeh 2021, arXiv 2102.10502, from its description: pieces put back together, gradient projection.

    ASSUME: pieces are taken in the order of distance from x, 500 vertices each; what keeps a positive weight is joined
    with the next piece; a piece is solved by accelerated gradient projection onto the simplex, 300 steps.
    """
    order = np.argsort(((vertices - x) ** 2).sum(1))
    kept, weights = np.empty(0, int), np.empty(0)
    for start in range(0, len(order), piece):
        kept = np.concatenate([kept, order[start : start + piece]])
        weights = np.concatenate([weights, np.zeros(len(kept) - len(weights))])
        if start == 0:
            weights[0] = 1.0
        weights = _gradient_projection(x, vertices[kept], weights, steps)
        kept, weights = kept[weights > 0], weights[weights > 0]
    return _spread(len(vertices), kept, weights)


def _gradient_projection(x, vertices, weights, steps):
    """Nesterov's acceleration with restarts; the step is one over the largest eigenvalue of the Gram matrix."""
    centred = vertices - x
    lipschitz = np.linalg.norm(centred, 2) ** 2
    ahead, momentum, best = weights, 1.0, np.inf
    for _ in range(steps):
        point = ahead @ centred
        after = _onto_simplex(ahead - centred @ point / lipschitz)
        value = ((after @ centred) ** 2).sum()
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2 if value <= best else 1.0
        ahead = after + (momentum - 1) / following * (after - weights) if value <= best else after
        weights, momentum, best = after, following, value
    return weights


def _onto_simplex(values):
    falling = -np.sort(-values)
    thresholds = (falling.cumsum() - 1) / np.arange(1, len(values) + 1)
    return np.maximum(values - thresholds[(falling > thresholds).sum() - 1], 0)


def _spread(n: int, support, weights):
    alpha = np.zeros(n)
    alpha[support] = weights
    return alpha


PEERS = {
    "HiGHS (qpsolvers)": interior_or_active_set("highs"),
    "Clarabel (qpsolvers)": interior_or_active_set("clarabel"),
    "PIQP (qpsolvers)": interior_or_active_set("piqp"),
    "daqp, dual form": dual_form("daqp"),
    "quadprog, dual form": dual_form("quadprog"),
    "scipy nnls, penalty row": nnls_with_penalty,
    "Wolfe 1976, plain": wolfe,
    "away-step Frank-Wolfe": frank_wolfe(pairwise=False),
    "pairwise Frank-Wolfe": frank_wolfe(pairwise=True),
    "sketching, arXiv 2102.10502": sketching,
}
