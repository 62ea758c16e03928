"""One query at a time: processor time with prepared vertices, over one read of them, beside the dual form's solvers."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from benchmarks.peer_solvers import dual_form
from benchmarks.sets import synthetic
from phiscope.geometry.hull import Vertices, project

SIZES = [(100, 10), (300, 20), (1000, 64), (3000, 64), (10_000, 64), (50_000, 64), (50_000, 512)]
QUERIES = 40
DUAL = 1000  # vertices up to which quadprog is asked, whose time grows faster


def rows(sizes: list[tuple[int, int]]) -> list[dict]:
    return [measure(n, d) for n, d in sizes]


def measure(n: int, d: int) -> dict:
    """Medians over the queries, in milliseconds of processor time."""
    points, vertices = synthetic(QUERIES, n, d)
    project(points[:1], vertices, threads=1)  # compile
    prepared, direction = Vertices(vertices), points[0] / np.linalg.norm(points[0])
    wide, queries = vertices.astype(np.float64), points.astype(np.float64)
    read = _median(lambda row: vertices @ direction)
    ours = _median(lambda row: project(points[row : row + 1], prepared, threads=1))
    return {
        "n": n,
        "d": d,
        "read": read,
        "prepare": _median(lambda row: Vertices(vertices), 5),
        "prepared": ours,
        "reads": ours / read,
        "not_prepared": _median(lambda row: project(points[row : row + 1], vertices, threads=1), 10),
        "daqp": _median(lambda row: dual_form("daqp")(queries[row], wide), 10),
        "quadprog": _median(lambda row: dual_form("quadprog")(queries[row], wide), 10) if n <= DUAL else np.nan,
    }


def _median(call: Callable[[int], object], count: int = QUERIES) -> float:
    times = []
    for row in range(count):
        start = time.process_time()
        call(row)
        times.append(time.process_time() - start)
    return 1e3 * float(np.median(times))
