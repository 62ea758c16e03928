"""The hull projection beside its peers: time, certificate and peak memory, each solver in a process of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch

from benchmarks.peer_solvers import PEERS
from benchmarks.processes import apart, peak_memory
from benchmarks.sets import Set
from phiscope.geometry.hull import project

OURS = "phiscope"
BATCH = 1000  # phiscope is made for many queries at a time


def rows(sets: list[Set], queries: int, batch: int, limit: float) -> list[dict]:
    """Every solver on the first queries of every set, one thread; after `limit` seconds a solver is stopped."""
    measured = []
    for chosen in sets:
        for solver, measure, count in [(OURS, measure_ours, batch), *((name, measure_peer, queries) for name in PEERS)]:
            outcome = apart(measure, chosen, solver, count, limit=limit)
            measured += outcome.rows
            if outcome.trouble:
                name = {"set": chosen.name, "solver": solver, "query": len(outcome.rows)}
                measured.append(name | {"trouble": f"not run: {outcome.trouble}"})
            print(f"{chosen.name}, {solver}: {len(outcome.rows)} rows {outcome.trouble}", flush=True)
    return measured


def measure_ours(chosen: Set, solver: str, batch: int) -> Iterator[dict]:
    """A batch: seconds per query, the worst gap. Its memory comes on top of float32 vertices."""
    points, vertices = chosen.arrays(batch)
    project(points[:2], vertices[:500])  # compile
    with peak_memory() as peak:
        start, processor = time.perf_counter(), time.process_time()
        projection = project(points, vertices, tol=chosen.tol, threads=1)
        seconds, processor = time.perf_counter() - start, time.process_time() - processor
    excess = np.array([abs(weights.sum() - 1) for _, weights in map(projection.support, range(len(points)))])
    row = {"set": chosen.name, "solver": f"{OURS}, {len(points)} queries at once", "query": 0}
    row |= {"seconds": seconds / len(points), "processor": processor / len(points)}
    row |= {"relative_gap": projection.relative_gap.max(), "infeasibility": excess.max()}
    row |= {"distance": projection.distance[0], "peak_gb": peak.gigabytes, "load": os.getloadavg()[0]}
    yield row | {"trouble": ""}


def measure_peer(chosen: Set, solver: str, queries: int) -> Iterator[dict]:
    """One row per query. The memory comes on top of float64 vertices."""
    torch.set_num_threads(1)
    solve = PEERS[solver]
    points, vertices = (array.astype(np.float64) for array in chosen.arrays())
    solve(points[0, :3], vertices[:20, :3])  # imports and first calls, outside the measure
    for query, x in enumerate(points[:queries]):
        with peak_memory() as peak:
            start, processor = time.perf_counter(), time.process_time()
            weights = solve(x, vertices)
            seconds, processor = time.perf_counter() - start, time.process_time() - processor
        row = {"set": chosen.name, "solver": solver, "query": query, "seconds": seconds, "processor": processor}
        yield (
            row
            | judged(weights, x, vertices)
            | {
                "peak_gb": peak.gigabytes,
                "load": os.getloadavg()[0],
                "trouble": "" if np.isfinite(weights).all() else "no answer",
            }
        )


def judged(weights: np.ndarray, x: np.ndarray, vertices: np.ndarray) -> dict:
    """What weights are worth, made feasible by clipping and scaling: relative gap, infeasibility before, distance."""
    infeasibility = max(abs(weights.sum() - 1), -weights.min())
    weights = weights.clip(0) / weights.clip(0).sum()
    z = weights @ vertices
    length = np.linalg.norm(z - x)
    gap = (z @ (z - x) - (vertices @ (z - x)).min()) / (length * _farthest(vertices, z))
    return {"relative_gap": gap, "infeasibility": infeasibility, "distance": length}


def _farthest(vertices: np.ndarray, z: np.ndarray) -> float:
    return max(np.linalg.norm(part - z, axis=1).max() for part in np.array_split(vertices, 1 + len(vertices) // 4096))


def summary(rows: list[dict]) -> list[dict]:
    """Per set and solver: median time and the worst of the rest."""
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        groups.setdefault((row["set"], row["solver"]), []).append(row)
    return [_summed(*names, part) for names, part in groups.items()]


def _summed(name: str, solver: str, part: list[dict]) -> dict:
    def over(key: str, combine: Callable) -> float:
        return combine([row.get(key, np.nan) for row in part if "seconds" in row] or [np.nan])

    return {
        "set": name,
        "solver": solver,
        "queries": sum("seconds" in row for row in part),
        "seconds_per_query": over("seconds", np.median),
        "processor_seconds": over("processor", np.median),  # says more than the time where other work runs
        "relative_gap": over("relative_gap", np.max),
        "infeasibility": over("infeasibility", np.max),
        "peak_gb": over("peak_gb", np.max),
        "load": over("load", np.max),
        "trouble": next((row["trouble"] for row in part if row["trouble"]), ""),
    }
