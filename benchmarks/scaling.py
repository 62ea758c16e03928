"""Cost of the hull projection against the number of vertices and of dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks import hull
from benchmarks.processes import apart
from benchmarks.sets import synthetic_set

CHECKED = None  # all queries are verified independently


@dataclass(frozen=True)
class Case:
    """m queries, n vertices, d dimensions."""

    m: int
    n: int
    d: int


FULL = [Case(1000, n, 64) for n in (10_000, 50_000, 200_000, 1_000_000)]
FULL += [Case(1000, 50_000, d) for d in (256, 512, 2048)]
QUICK = [Case(100, n, 64) for n in (2000, 5000, 20_000)] + [Case(100, 5000, d) for d in (256, 512)]


def rows(cases: list[Case], threads: int, limit: float) -> list[dict]:
    """One row per case, from a process of its own; what did not finish says so and has no numbers."""
    measured = []
    for case in cases:
        outcome = apart(measure, case, threads, limit=limit)
        measured += outcome.rows or [{**vars(case), "trouble": f"not run: {outcome.trouble}"}]
        print(f"{case}: {measured[-1].get('trouble') or '{:.2f} s'.format(measured[-1]['seconds'])}", flush=True)
    return measured


def measure(case: Case, threads: int) -> Iterator[dict]:
    for row in hull.measure(synthetic_set(case.m, case.n, case.d), None, CHECKED, threads):
        yield row | {"trouble": ""}
