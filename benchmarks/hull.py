"""The hull projection in passes: its time over that of one float32 product of queries and vertices."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.processes import peak_memory
from benchmarks.sets import Set
from phiscope.geometry.hull import project, verify

BLOCK = 256  # queries per product of the measure
REPEATS = 5


def seconds_of_a_pass(points: np.ndarray, vertices: np.ndarray, threads: int) -> float:
    """The floor: one float32 product of queries and vertices, blocks of 256 queries, into a reused buffer; median."""
    x, D = torch.from_numpy(points), torch.from_numpy(vertices)
    torch.set_num_threads(threads)
    buffer = torch.empty(min(BLOCK, len(x)), len(D))
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for part in x.split(BLOCK):
            torch.mm(part, D.T, out=buffer[: len(part)])
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def measure(chosen: Set, queries: int | None, checked: int | None, threads: int) -> Iterator[dict]:
    """One row: time, passes, rounds, support, certificate, memory; the first `checked` are verified independently."""
    points, vertices = chosen.arrays(queries)
    project(points[:2], vertices[:500], tol=chosen.tol)  # compile
    floors = [seconds_of_a_pass(points, vertices, threads)]
    with peak_memory() as peak:
        start = time.perf_counter()
        projection = project(points, vertices, tol=chosen.tol, threads=threads)
        seconds = time.perf_counter() - start
    floors.append(seconds_of_a_pass(points, vertices, threads))
    proof = verify(projection, points[:checked], vertices)
    sizes = np.diff(projection.support_offsets)
    yield {
        "set": chosen.name,
        "m": len(points),
        "n": len(vertices),
        "d": vertices.shape[1],
        "tol": chosen.tol,
        "seconds": seconds,
        "ms_per_query": 1e3 * seconds / len(points),
        "pass_before": floors[0],
        "pass_after": floors[1],
        "passes": seconds / np.mean(floors),
        "rounds_mean": projection.rounds.mean(),
        "rounds_max": projection.rounds.max(),
        "support_mean": sizes.mean(),
        "support_max": sizes.max(),
        "relative_gap_max": projection.relative_gap.max(),
        "verified": len(proof.gap),
        "verified_relative_gap_max": _relative(proof.gap, projection.distance[:checked] * proof.farthest).max(),
        "converged": (projection.status == "converged").mean(),
        "outside": (projection.position == "outside").mean(),
        "vertices_gb": vertices.nbytes / 1e9,
        "peak_over_vertices_gb": peak.gigabytes,
        "load": os.getloadavg()[0],
    }


def _relative(gap: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.divide(gap, scale, out=np.zeros_like(gap), where=scale > 0)
