"""A million samples on a small machine: python -m benchmarks.million [--vertices 128000].

Makes a synthetic set of features (`benchmarks/mixture.py`; 1.28 million x 2,048, 10.5 GB, unless told otherwise), maps
it, and measures parts, each in a process of its own: a product of queries and vertices; the hull of the first queries;
its verification; the closest margins of all queries. A part that was measured before is not measured again, unless
it is named with --again.
"""

from __future__ import annotations

import argparse
import json
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from benchmarks.mixture import Mixture, make
from benchmarks.output import circumstances, write_table
from benchmarks.processes import apart
from benchmarks.used import allow, used
from phiscope.arrays import blocks
from phiscope.geometry import hull, margin
from phiscope.geometry.hull import pricing

BLOCK = 256  # queries of a product of the floor, as of a block of the projection
_COLUMNS = 1024  # vertices of one, as of the projection: prices stay in a core's cache
_ALLOWED = 2.0  # GB of its own memory that a projection may take
_SAMPLES = 2500  # whose flip points are in memory at a time
_PREPARATION = 4  # times that all vertices are read before the first is priced
_FOREVER = 24 * 3600.0


def _mapped(folder: Path, split: str) -> np.ndarray:
    return np.load(folder / f"{split}.npy", mmap_mode="r")


def make_set(folder: Path, options: argparse.Namespace) -> Iterator[dict]:
    """The set and its head, and how often that is right about the queries."""
    mixture = Mixture(n=options.vertices, m=options.queries)
    with used() as row:
        make(mixture, folder)
    head, x = np.load(folder / "head.npz"), _mapped(folder, "queries")
    labels = np.load(folder / "queries-labels.npy")
    right = [(x[p] @ head["weight"] + head["bias"]).argmax(1) == labels[p] for p in blocks(len(x), _SAMPLES)]
    yield row | {"accuracy": np.concatenate(right).mean(), "zeros": (x[:_SAMPLES] == 0).mean()}


def one_pass(folder: Path, options: argparse.Namespace) -> Iterator[dict]:
    """One float32 product of the projected queries with all vertices, in pieces that stay in the cache."""
    x, vertices = _mapped(folder, "queries")[: options.projected], _mapped(folder, "vertices")
    torch.set_num_threads(options.threads)
    points, buffer = torch.from_numpy(np.array(x)), torch.empty(BLOCK * _COLUMNS)
    warnings.simplefilter("ignore", UserWarning)  # torch warns of what it could write into; it never does
    with used() as row:
        for part in blocks(len(vertices), _COLUMNS):
            columns = torch.from_numpy(vertices[part]).T
            for rows in points.split(BLOCK):
                torch.mm(rows, columns, out=buffer[: len(rows) * columns.shape[1]].view(len(rows), -1))
    yield row | {"flop": 2.0 * points.numel() * len(vertices)}


def project(folder: Path, options: argparse.Namespace) -> Iterator[dict]:
    """The projection of the first queries; the kernel refuses it more memory than `_ALLOWED`."""
    x, vertices = np.array(_mapped(folder, "queries")[: options.projected]), _mapped(folder, "vertices")
    hull.project(x[:8], vertices[:500], tol=options.tol)  # compiles
    allow(_ALLOWED)
    with used() as row, _counted(len(vertices)) as reads:
        projection = hull.project(x, vertices, tol=options.tol, threads=options.threads)
    np.savez(folder / "projection.npz", **vars(projection))
    sizes = np.diff(projection.support_offsets)
    yield row | {
        "reads": _PREPARATION + sum(reads),
        "rounds_mean": projection.rounds.mean(),
        "rounds_max": projection.rounds.max(),
        "support_mean": sizes.mean(),
        "support_max": sizes.max(),
        "relative_gap": projection.relative_gap.max(),
        "converged": (projection.status == "converged").mean(),
        "outside": (projection.position == "outside").mean(),
    }


@contextmanager
def _counted(n: int) -> Iterator[list[float]]:
    """How much of all vertices each pricing of a block of queries reads."""
    shares: list[float] = []
    lowest, exact = pricing.lowest, pricing.lowest_exact

    def counted(w, vertices, stride, *others, **options):
        shares.append(len(vertices) / stride / n)
        return lowest(w, vertices, stride, *others, **options)

    def counted_exact(points, z, vertices, count):
        shares.append(len(vertices) / n)
        return exact(points, z, vertices, count)

    pricing.lowest, pricing.lowest_exact = counted, counted_exact
    try:
        yield shares
    finally:
        pricing.lowest, pricing.lowest_exact = lowest, exact


def verify(folder: Path, options: argparse.Namespace) -> Iterator[dict]:
    """The certificates, recomputed by code that shares nothing with the solver."""
    projection = _first(hull.HullProjection(**np.load(folder / "projection.npz")), options.checked)
    x, vertices = np.array(_mapped(folder, "queries")[: len(projection.distance)]), _mapped(folder, "vertices")
    with used() as row:
        proof = hull.verify(projection, x, vertices)
    yield row | {
        "checked": len(x),
        "relative_gap": (proof.gap / (projection.distance * proof.farthest)).max(),
        "distance_error": (proof.distance_error / proof.farthest).max(),
        "combination_error": (proof.combination_error / proof.farthest).max(),
        "weight_error": max(proof.weight_sum_error.max(), -proof.least_weight.min()),
    }


def _first(projection: hull.HullProjection, count: int | None) -> hull.HullProjection:
    """Of a projection, that of the first queries."""
    own = {name: value for name, value in vars(projection).items() if not name.startswith("support")}
    offsets = projection.support_offsets[: None if count is None else count + 1]
    supports = {name: getattr(projection, name)[: offsets[-1]] for name in ("support_indices", "support_weights")}
    return hull.HullProjection(**{k: v[:count] for k, v in own.items()}, **supports, support_offsets=offsets)


def margins(folder: Path, options: argparse.Namespace) -> Iterator[dict]:
    """The closest flip of every query, some at a time; distances and classes are kept, points are not."""
    x, head = _mapped(folder, "queries"), np.load(folder / "head.npz")
    distances = np.empty(len(x))
    with used() as row:
        for part in blocks(len(x), _SAMPLES):
            flips = margin.closest_flip(x[part], head["weight"], head["bias"], rows="features")
            distances[part] = flips.distance
    low, middle, high = np.quantile(distances, [0.05, 0.5, 0.95])
    yield row | {"without": (~np.isfinite(distances)).sum(), "low": low, "median": middle, "high": high}


PARTS: dict[str, Callable[[Path, argparse.Namespace], Iterator[dict]]] = {
    "set": make_set,
    "pass": one_pass,
    "hull": project,
    "verification": verify,
    "margins": margins,
}


# What every part used; all else is what it found.
USED = ("part", "n", "m", "threads", "load", "processor_s", "seconds", "passes", "own_gb", "mapped_gb", "disk_gb")


def measured(part: str, folder: Path, options: argparse.Namespace) -> dict:
    """The row of a part: as it was measured before, or measured now."""
    kept = folder / f"{part}.json"
    if kept.is_file() and part not in options.again:
        return json.loads(kept.read_text())
    sizes = {"n": options.vertices, "m": options.queries if part in ("set", "margins") else options.projected}
    outcome = apart(PARTS[part], folder, options, limit=_FOREVER)
    if outcome.trouble:
        raise SystemExit(f"{part}: {outcome.trouble}")
    (row,) = outcome.rows
    row = {"part": part, **sizes, "threads": options.threads, "load": os.getloadavg()[0]} | row
    kept.write_text(json.dumps(row, default=float))
    return json.loads(kept.read_text())


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    whole = Mixture()
    parser.add_argument("--vertices", type=int, default=whole.n)
    parser.add_argument("--queries", type=int, default=whole.m)
    parser.add_argument("--projected", type=int, default=1000, help="of the queries, the first, onto the hull")
    parser.add_argument("--checked", type=int, help="of the projections, the first, by other code; all unless given")
    parser.add_argument("--tol", type=float, default=1e-6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--again", nargs="+", choices=PARTS, default=[], help="parts that are measured anew")
    parser.add_argument("--folder", type=Path, default=Path("results/benchmarks/million"), help="of the set")
    parser.add_argument("--output", type=Path, help="of the table; the folder of the set unless told otherwise")
    return parser.parse_args()


def main() -> None:
    options = parsed()
    folder = options.folder / str(options.vertices)
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for part in options.parts:
        rows.append(measured(part, folder, options))
        print(json.dumps(rows[-1]), flush=True)
    by_part = {row["part"]: row for row in rows}
    if {"pass", "hull"} <= set(by_part):
        by_part["hull"]["passes"] = by_part["hull"]["processor_s"] / by_part["pass"]["processor_s"]
    name = "million" if options.vertices == Mixture().n else f"million-{options.vertices}"
    output, about = options.output or folder, circumstances(options.threads)
    write_table([{key: row.get(key) for key in USED} for row in rows], "A million samples", output, name, about)
    found = [{"part": row["part"], "what": key, "value": row[key]} for row in rows for key in row if key not in USED]
    write_table(found, "A million samples, what was found", output, f"{name}-found", about)


if __name__ == "__main__":
    main()
