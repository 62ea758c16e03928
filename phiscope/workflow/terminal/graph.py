"""Which jobs are left, as Snakemake's graph of jobs knows; the Snakefile says which graph."""

from __future__ import annotations

from collections import Counter
from typing import Any

_followed: list[Any] = []


def follow(workflow: Any) -> None:
    """From now on `jobs_left` asks this workflow of Snakemake."""
    _followed[:] = [workflow]


def jobs_left() -> Counter[str] | None:
    """How many jobs of every rule are to be done yet, running ones included; None where that is not known now.

    Jobs without output do not count: they only name what is wanted.
    """
    try:
        left = Counter(job.rule.name for each in _followed for job in each.dag.needrun_jobs() if job.output)
        return left if _followed else None
    except (RuntimeError, AttributeError):  # the graph is being changed, by another thread, or is not there yet
        return None
