"""Flip points per pair of classes: time of one problem through every solver, and its error against exact answers.

Times are those of the processor (`process_time`): everything here runs in one thread, and they bear other work better.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from ctypes import c_int
from dataclasses import dataclass

import numpy as np
import qpsolvers

from benchmarks import exact, sets
from phiscope.arrays import blocks, generator
from phiscope.geometry.margin import closest_flip, flip_points, newton
from phiscope.geometry.margin.pair import NEWTON, Pair

LOWER_BOUND = 0.0
CHUNK = 5000  # samples of one part `locate` in the presets
DAQP = {"primal_tol": 1e-11, "dual_tol": 1e-11}  # as in the library
Solver = Callable[[Pair, np.ndarray], np.ndarray]  # a pair of classes and samples (m, f) -> points (m, f), or NaN


@dataclass(frozen=True)
class Head:
    """Features (m, f) of samples, and weight (f, n) and bias (n,) of the layer behind them."""

    name: str
    features: np.ndarray
    weight: np.ndarray
    bias: np.ndarray

    def pairs(self) -> Iterator[tuple[Pair, np.ndarray]]:
        """Every ordered pair of classes, and the features of the samples of its first class."""
        own = (self.features @ self.weight + self.bias).argmax(1)
        for i in range(len(self.bias)):
            for j in range(len(self.bias)):
                if i != j and (own == i).any():
                    yield Pair.of(self.weight, self.bias, i, j, LOWER_BOUND), self.features[own == i]


def loaded(samples: int | None) -> Head:
    """The loaded ResNet-20's features of the test split and then the training split; after `sets.real_sets`."""
    parts = [np.load(sets.CACHE / f"feature-{part}.npy", mmap_mode="r") for part in ("test", "train")]
    features = np.concatenate([part[:samples] for part in parts])[:samples].astype(np.float64)
    return Head("loaded ResNet-20, CIFAR-10 (JPEG)", features, *(array.astype(np.float64) for array in sets.head()))


def synthetic(samples: int) -> Head:
    """`sets.synthetic` features behind ten random classes."""
    features, _ = sets.synthetic(samples, 1, 64)
    random = generator(1)
    return Head("synthetic", features.astype(np.float64), random.normal(size=(64, 10)), random.normal(size=10))


def by_newton(pair: Pair, x: np.ndarray) -> np.ndarray:
    """The compiled loop alone, without multipliers of the bound and certificate."""
    B, d = np.concatenate([pair.A, pair.G]), np.concatenate([pair.b, pair.h])
    y, multipliers, solved = np.empty_like(x), np.empty((len(x), len(B))), np.zeros(len(x), np.bool_)
    newton.closest(x, B, d, LOWER_BOUND, np.linalg.norm(B, axis=1), y, multipliers, solved)
    return np.where(solved[:, None], y, np.nan)


def through_qpsolvers(name: str, **settings) -> Solver:
    def solve(pair: Pair, x: np.ndarray) -> np.ndarray:
        identity, lb = np.eye(x.shape[1]), pair.lb
        points = np.full_like(x, np.nan)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a dense matrix was made sparse
            for row, query in enumerate(x):
                problem = qpsolvers.Problem(identity, -query, pair.G, pair.h, pair.A, pair.b, lb)
                with suppress(qpsolvers.SolverError):
                    solution = qpsolvers.solve_problem(problem, name, **settings)
                    points[row] = solution.x if solution.found else np.nan
        return points

    return solve


def _for_daqp(pair: Pair) -> tuple:
    """Rows of daqp: the bounds, then (8), then (7), which it marks with 5."""
    f, inequalities = pair.A.shape[1], len(pair.h)
    upper = np.concatenate([np.full(f, 1e30), pair.h, pair.b])
    lower = np.concatenate([pair.lb, np.full(inequalities + 1, -1e30)])
    sense = np.zeros(len(upper), dtype=c_int)
    sense[-1] = 5
    return np.concatenate([pair.G, pair.A]), upper, lower, sense


def daqp_directly(pair: Pair, x: np.ndarray) -> np.ndarray:
    import daqp

    identity, rows = np.eye(x.shape[1]), _for_daqp(pair)
    answers = (daqp.solve(identity, -query, *rows, **DAQP) for query in x)
    return np.array([point if flag > 0 else np.full(len(point), np.nan) for point, _, flag, _ in answers])


def daqp_workspace(pair: Pair, x: np.ndarray) -> np.ndarray:
    """One workspace per pair, only the linear term of the cost changes."""
    import daqp

    model, points = daqp.Model(), np.full_like(x, np.nan)
    model.setup(np.eye(x.shape[1]), -x[0], *_for_daqp(pair))
    model.settings = DAQP
    for row, query in enumerate(x):
        model.update(f=-query)
        point, _, flag, _ = model.solve()
        points[row] = point if flag > 0 else np.nan
    return points


def quadprog_directly(pair: Pair, x: np.ndarray) -> np.ndarray:
    import quadprog

    identity = np.eye(x.shape[1])
    C = np.concatenate([pair.A, -pair.G, identity]).T.copy()
    b, points = np.concatenate([pair.b, -pair.h, pair.lb]), np.full_like(x, np.nan)
    for row, query in enumerate(x):
        with suppress(ValueError):  # its word for infeasible
            points[row] = quadprog.solve_qp(identity, query, C, b, 1)[0]
    return points


SOLVERS: dict[str, Solver] = {
    "phiscope newton, the loop alone": by_newton,
    "daqp, one workspace per pair": daqp_workspace,
    "daqp, called directly": daqp_directly,
    "daqp through qpsolvers": through_qpsolvers("daqp", **DAQP),
    "quadprog, called directly": quadprog_directly,
    "quadprog through qpsolvers": through_qpsolvers("quadprog"),
    "piqp through qpsolvers": through_qpsolvers("piqp"),
    "clarabel through qpsolvers": through_qpsolvers("clarabel"),
}


def references(head: Head, per_pair: int) -> list[np.ndarray]:
    """Exact optima (per_pair, f), rounded to float64, of the first samples of every pair; NaN where none was proven.

    daqp's answer is the guess: whatever it is, what the exact arithmetic does not prove is left out.
    """
    optima = []
    for pair, x in head.pairs():
        x = x[:per_pair]
        B, d = np.concatenate([pair.A, pair.G]), np.concatenate([pair.b, pair.h])
        answers = [exact.closest(q, B, d, LOWER_BOUND, guess) for q, guess in zip(x, daqp_directly(pair, x))]
        nothing = np.full(x.shape[1], np.nan)
        optima.append(np.array([nothing if y is None else [float(value) for value in y] for y in answers]))
    return optima


def measure(head: Head, per_pair: int, per_pair_exact: int) -> Iterator[dict]:
    """One row per solver on `per_pair` samples of every pair, and two on the whole table, certificates included."""
    known = references(head, per_pair_exact)
    for name, solve in SOLVERS.items():
        yield _row(name, head, solve, per_pair, known)
    for solver in (NEWTON, "daqp"):
        yield _table(head, solver)
    yield _closest(head)


def _row(name: str, head: Head, solve: Solver, per_pair: int, known: list[np.ndarray]) -> dict:
    problems = [(pair, np.ascontiguousarray(x[:per_pair])) for pair, x in head.pairs()]
    solve(problems[0][0], problems[0][1][:1])  # imports and compilation, outside the measure
    times, answers = [], []
    for pair, x in problems:
        start = time.process_time()
        answers.append(solve(pair, x))
        times.append((time.process_time() - start) / len(x))
    errors = np.concatenate([np.linalg.norm(y[: len(z)] - z, axis=1) for y, z in zip(answers, known)])
    return {
        "solver": name,
        "problems": sum(len(x) for _, x in problems),
        "microseconds_median": 1e6 * np.median(times),  # over pairs, of the mean over a pair's samples
        "microseconds_mean": 1e6 * np.average(times, weights=[len(x) for _, x in problems]),
        "unsolved": sum(int(np.isnan(y).any(1).sum()) for y in answers),
        "error_max": np.nanmax(errors, initial=0.0),  # ‖y - exact y‖
        "errors_known": int(np.isfinite(errors).sum()),
        "load": os.getloadavg()[0],
    }


def _table(head: Head, solver: str) -> dict:
    """`flip_points` as the workflow calls it, chunk by chunk: every pair of every sample, with certificates."""
    flip_points(head.features[:2], head.weight, head.bias, rows="features", solver=solver)
    problems, unsolved, residual, seconds = 0, 0, 0.0, 0.0
    for chunk in blocks(len(head.features), CHUNK):
        start = time.process_time()
        given = (head.features[chunk], head.weight, head.bias)
        flips = flip_points(*given, rows="features", lower_bound=LOWER_BOUND, solver=solver)
        seconds += time.process_time() - start
        problems, unsolved = problems + len(flips.distance), unsolved + int((flips.status != "solved").sum())
        worst = np.nanmax([flips.primal_residual, flips.dual_residual, flips.duality_gap])
        residual = max(residual, float(worst))
    return {
        "solver": f"flip_points, {solver}, with certificates",
        "problems": problems,
        "microseconds_mean": 1e6 * seconds / problems,
        "seconds": seconds,
        "unsolved": unsolved,
        "residual_max": residual,
        "load": os.getloadavg()[0],
    }


def _closest(head: Head) -> dict:
    """`closest_flip`, the least of a sample's margins, per pair too."""
    start = time.process_time()
    flips = closest_flip(head.features, head.weight, head.bias, rows="features", lower_bound=LOWER_BOUND)
    pairs = len(flips.distance) * (len(head.bias) - 1)
    return {
        "solver": "closest_flip, the closest class only",
        "problems": pairs,
        "microseconds_mean": 1e6 * (time.process_time() - start) / pairs,
        "unsolved": int(np.isinf(flips.distance).sum()),
        "load": os.getloadavg()[0],
    }
