"""Runs of the workflow in folders of their own: how they are started, and what their jobs used, by rule."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from phiscope.errors import DataError
from phiscope.workflow.configuration import load
from phiscope.workflow.cost import Cost, read_cost

ROOT = Path(__file__).parents[1]
WHOLE = "the run, and its largest process"


def run(config: Path, folder: Path, cores: int = 1) -> tuple[Path, resource.struct_rusage]:
    """results/<run>/ in `folder`, made by the workflow with that configuration, and what all its processes used; goes
    on where a run was stopped.

    Raises DataError where it fails, and prints the end of what it said.
    """
    command = [sys.executable, "-m", "snakemake", "-s", ROOT / "Snakefile", "--cores", str(cores)]
    with tempfile.TemporaryFile("w+") as said:
        started = subprocess.Popen(
            [*command, "--configfile", config.resolve(), "--directory", folder],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode:
            said.seek(0)
            print(said.read()[-4000:], file=sys.stderr)
            raise DataError(f"the run of {config} failed; the end of what it said stands above")
    return folder / "results" / load([config])["run"], used


def measured(config: Mapping[str, Any], folder: Path) -> list[dict]:
    """A row for each rule of a run on one core, the largest job first: jobs, processor seconds, seconds of the longest
    job, peak in 10^6 bytes; last, of the whole run, with Snakemake's own processor time and the largest process."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{config['run']}.yaml"
    file.write_text(yaml.safe_dump(dict(config)))
    results, used = run(file, folder)
    rows = list(by_rule(results / "logs"))
    peak = used.ru_maxrss * 1024 / 1e6
    return [*rows, {"rule": WHOLE, "jobs": 1, "processor_s": processor_seconds(used), "peak_mb": peak}]


def by_rule(logs: Path) -> Iterator[dict]:
    costs, _ = costs_of(logs)
    for rule, jobs in sorted(costs.items(), key=lambda item: -max(job.peak_mb for job in item[1])):
        yield {
            "rule": rule,
            "jobs": len(jobs),
            "processor_s": sum(job.processor_s for job in jobs),
            "longest_s": max(job.wall_s for job in jobs),
            "peak_mb": max(job.peak_mb for job in jobs),
        }


def costs_of(logs: Path) -> tuple[dict[str, list[Cost]], list[Path]]:
    """The costs of jobs by rule, which the first part of a log's path is named after; logs that have none."""
    costs, without = defaultdict(list), []
    for log in sorted(logs.rglob("*.log")):
        cost = read_cost(log)
        if cost is None:
            without.append(log)
        else:
            costs[log.relative_to(logs).parts[0].removesuffix(".log")].append(cost)
    return dict(costs), without


def processor_seconds(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime
