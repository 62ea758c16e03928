"""What a run's jobs spend until their first line of work, in processor seconds: the interpreter and the imports."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import runs
from phiscope.errors import DataError
from phiscope.workflow.cost import Cost

HEAD = "snakemake itself"  # what plans the jobs and waits for them


def rows_of(run: Path, head_s: float | None = None) -> list[dict]:
    """One row per rule, dearest start-up first, and one of all jobs: from the costs at the end of results/<run>/logs.

    head_s: processor seconds of Snakemake's own process, which writes no log; a row of its own before a second sum.
    Raises DataError where no log ends with a cost.
    """
    costs, without = runs.costs_of(run / "logs")
    if not costs:
        raise DataError(f"{run}: no log below {run / 'logs'} ends with a cost; expected the folder of a finished run")
    for log in without:
        print(f"startup: {log} ends without a cost and is left out")
    rows = sorted((_row(rule, jobs) for rule, jobs in costs.items()), key=lambda row: -row["startup_s"])
    jobs = _row("all jobs", [cost for part in costs.values() for cost in part])
    if head_s is None:
        return [*rows, jobs]
    head = dict.fromkeys(jobs, float("nan")) | {"rule": HEAD, "processor_s": head_s}
    both = jobs["processor_s"] + head_s
    return [*rows, jobs, head, jobs | {"rule": "all", "processor_s": both, "share": jobs["startup_s"] / both}]


def run_and_read(config: Path, threads: int) -> list[dict]:
    """The rows of a run of the workflow with that configuration, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        results, used = runs.run(config, Path(folder), threads)
        return rows_of(results, head_s=runs.processor_seconds(used) - rows_of(results)[-1]["processor_s"])


def _row(rule: str, jobs: list[Cost]) -> dict:
    """share: of the processor time; startup_per_job_s: the mean."""
    processor, startup = (sum(getattr(job, key) for job in jobs) for key in ("processor_s", "startup_s"))
    return {
        "rule": rule,
        "jobs": len(jobs),
        "processor_s": processor,
        "startup_s": startup,
        "share": startup / processor if processor else float("nan"),
        "startup_per_job_s": startup / len(jobs),
    }
