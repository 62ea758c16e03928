"""Time and accuracy of the hull projection, in passes and beside its peers; see docs/performance.md.

    python benchmarks/hull.py --output results/benchmarks                       # synthetic features, minutes
    python benchmarks/hull.py --output DIR --set NAME TEST.npy TRAIN.npy 1e-10  # your arrays; repeat for more
    python benchmarks/hull.py --output DIR --small                              # does it run at all?

Writes sets.csv, peers.csv, scaling.csv, scaling.png and machine.json. Every case of the scaling runs in a process of
its own, so that peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import time
from importlib.metadata import version
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
import torch
from hull_peers import PEERS

from phiscope.geometry.hull import project, verify

BLOCK = 256  # queries per product of the measure


def seconds_of_a_pass(points, vertices, repeats: int = 5) -> float:
    """The floor: one float32 product of queries and vertices, blocks of 256 queries, into a reused buffer; median."""
    x, D = (torch.from_numpy(np.ascontiguousarray(a, np.float32)) for a in (points, vertices))
    buffer = torch.empty(BLOCK, len(D))
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for first in range(0, len(x), BLOCK):
            part = x[first : first + BLOCK]
            torch.mm(part, D.T, out=buffer[: len(part)])
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def synthetic(m: int, n: int, d: int, seed: int = 0):
    """Features as a ReLU network makes them: ten clusters, each a Gaussian of falling spectrum, rectified.

    Cluster means are N(0, 1) per coordinate; the deviation along the k-th of d random orthogonal directions is
    (1 + k)^-0.5; negative coordinates become 0. Queries and vertices are drawn alike.
    """
    random = np.random.default_rng([seed, d])
    means = random.normal(size=(10, d)).astype(np.float32)
    basis, _ = np.linalg.qr(random.normal(size=(d, d)))
    factor = (basis * (1 + np.arange(d)) ** -0.5).astype(np.float32)

    def draw(count):
        out = np.empty((count, d), np.float32)
        for first in range(0, count, 10_000):
            size = min(10_000, count - first)
            noise = random.standard_normal((size, d), dtype=np.float32)
            out[first : first + size] = np.maximum(means[random.integers(10, size=size)] + noise @ factor.T, 0)
        return out

    return draw(m), draw(n)


def measure(name: str, points, vertices, tol: float, checked: int = 20) -> dict:
    """One row: time, passes, rounds, support, certificate; the first `checked` queries are verified independently."""
    project(points[:2], vertices[:500], tol=tol)  # compile
    floors = [seconds_of_a_pass(points, vertices)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    found = project(points, vertices, tol=tol)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    floors.append(seconds_of_a_pass(points, vertices))
    part = project(points[:checked], vertices, tol=tol)
    proof = verify(part, points[:checked], vertices)
    sizes = np.diff(found.support_offsets)
    return {
        "set": name,
        "m": len(points),
        "n": len(vertices),
        "d": vertices.shape[1],
        "tol": tol,
        "seconds": seconds,
        "ms_per_query": 1e3 * seconds / len(points),
        "pass_before": floors[0],
        "pass_after": floors[1],
        "passes": seconds / np.mean(floors),
        "rounds_mean": found.rounds.mean(),
        "rounds_max": found.rounds.max(),
        "support_mean": sizes.mean(),
        "support_max": sizes.max(),
        "relative_gap_max": found.relative_gap.max(),
        "verified_relative_gap_max": (proof.gap / np.maximum(part.distance * proof.farthest, 1e-300)).max(),
        "converged": (found.status == "converged").mean(),
        "outside": (found.position == "outside").mean(),
        "memory_over_the_pass_gb": (peak - before) / 1e6,
        "load": os.getloadavg()[0],
    }


def compare(name: str, points, vertices, queries: int) -> list[dict]:
    """Each peer on a few queries; gap and infeasibility of the weights it returns, after clipping and scaling."""
    rows, vertices = [], vertices.astype(np.float64)
    for peer, solve in PEERS.items():
        for query, x in enumerate(points[:queries].astype(np.float64)):
            start = time.perf_counter()
            weights = solve(x, vertices)
            seconds = time.perf_counter() - start
            infeasible = max(abs(weights.sum() - 1), -weights.min())
            weights = weights.clip(0) / weights.clip(0).sum()
            z = weights @ vertices
            length = np.linalg.norm(z - x)
            gap = ((z - vertices) @ (z - x)).max() / (length * np.linalg.norm(vertices - z, axis=1).max())
            row = {"set": name, "solver": peer, "query": query, "seconds": seconds, "relative_gap": gap}
            rows.append(row | {"infeasibility": infeasible, "distance": length})
            print(f"{name}: {peer}, query {query}: {seconds:.2f} s, relative gap {gap:.1e}", flush=True)
    return rows


def scale(case) -> dict:
    n, d, m = case
    points, vertices = synthetic(m, n, d)
    return measure(f"synthetic {n} x {d}", points, vertices, 1e-10, checked=3)


def draw_scaling(rows: pd.DataFrame, path: Path) -> None:
    """Time against n at d = 64, and against d at n = 50,000, with the floor below it."""
    sns.set_theme(style="ticks")
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    cases = (("n", rows[rows["d"] == rows["d"].min()]), ("d", rows[rows["n"] == rows["n"].mode()[0]]))
    for ax, (axis, part) in zip(axes, cases):
        part = part.sort_values(axis).assign(floor=lambda f: 1e3 * (f["pass_before"] + f["pass_after"]) / 2 / f["m"])
        ax.loglog(part[axis], part["ms_per_query"], "o-", label="projection, certified")
        ax.loglog(part[axis], part["floor"], "s--", color="0.5", label="one product")
        ax.set(xlabel={"n": "vertices", "d": "dimensions"}[axis], ylabel="ms per query")
        ax.legend(frameon=False)
    figure.savefig(path, dpi=150)


def machine() -> dict:
    names = ("phiscope", "numpy", "torch", "numba", "scipy", "qpsolvers", "highspy", "clarabel", "piqp")
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load": os.getloadavg(),
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "versions": {name: version(name) for name in names},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--set", nargs=4, action="append", default=[], metavar=("NAME", "POINTS", "VERTICES", "TOL"))
    parser.add_argument("--queries", type=int, default=None, help="queries of each set, default all")
    parser.add_argument("--peer-queries", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="sizes that take seconds")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "machine.json").write_text(json.dumps(machine(), indent=2))

    m, wide = (100, 2000) if options.small else (1000, 50_000)
    sets = [(name, np.load(points), np.load(vertices), float(tol)) for name, points, vertices, tol in options.set]
    sets = sets or [("synthetic", *synthetic(m, wide, 64), 1e-10)]
    table = [measure(name, x[: options.queries], D, tol, checked=20) for name, x, D, tol in sets]
    pd.DataFrame(table).to_csv(options.output / "sets.csv", index=False)
    print(pd.DataFrame(table).T.to_string(), flush=True)

    counts = (1000, 2000, 4000) if options.small else (10_000, 50_000, 200_000, 1_000_000)
    widths = (64, 128) if options.small else (64, 256, 512, 2048)
    cases = [(n, 64, m) for n in counts] + [(wide, d, m) for d in widths if d != 64]
    spawn = multiprocessing.get_context("spawn")
    rows = []
    for case in cases:
        with spawn.Pool(1) as pool:
            rows.append(pool.apply(scale, (case,)))
        print(
            f"{rows[-1]['set']}: {rows[-1]['ms_per_query']:.2f} ms a query, {rows[-1]['passes']:.1f} passes", flush=True
        )
        pd.DataFrame(rows).to_csv(options.output / "scaling.csv", index=False)
    draw_scaling(pd.DataFrame(rows), options.output / "scaling.png")

    peers = [row for name, x, D, _ in sets for row in compare(name, x, D, options.peer_queries)]
    pd.DataFrame(peers).to_csv(options.output / "peers.csv", index=False)


if __name__ == "__main__":
    main()
