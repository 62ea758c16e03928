"""Which jobs are left, as Snakemake's graph of jobs knows, and what was foretold of them. The Snakefile says whose."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

_followed: list[Any] = []
_estimates: list[Path] = []


def follow(workflow: Any, estimate: Path) -> None:
    """From now on `jobs_left` asks this workflow of Snakemake, and `foretold` the file `estimate` of its run."""
    _followed[:], _estimates[:] = [workflow], [estimate]


def jobs_left() -> Counter[str] | None:
    """How many jobs of every rule are to be done yet, running ones included; None where that is not known now.

    Jobs without output do not count: they only name what is wanted.
    """
    try:
        left = Counter(job.rule.name for each in _followed for job in each.dag.needrun_jobs() if job.output)
        return left if _followed else None
    except (RuntimeError, AttributeError):  # the graph is being changed, by another thread, or is not there yet
        return None


def foretold() -> Mapping[str, float]:
    """Core-seconds of a job, of rules whose jobs the estimate of the run names one by one; none before it is made."""
    for path in _estimates:
        try:
            return _read(path, path.stat().st_mtime_ns)
        except (OSError, ValueError):  # not made, or not whole
            break
    return {}


@lru_cache(maxsize=1)
def _read(path: Path, _written: int) -> Mapping[str, float]:
    return json.loads(path.read_text()).get("seconds_by_rule", {})
