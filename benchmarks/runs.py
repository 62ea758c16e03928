"""Runs of the workflow in folders of their own: how they are started, and what their jobs used, by rule."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from phiscope.errors import DataError
from phiscope.workflow.cost import Cost, read_cost

ROOT = Path(__file__).parents[1]
LARGEST = "largest process"  # Snakemake's own or a job's


def run(config: Path, folder: Path, cores: int = 1) -> Path:
    """results/<run>/ in `folder`, made by the workflow with that configuration; goes on where a run was stopped.

    Raises DataError with the end of what Snakemake said where it fails.
    """
    command = [sys.executable, "-m", "snakemake", "-s", ROOT / "Snakefile", "--cores", str(cores)]
    done = subprocess.run(
        [*command, "--configfile", config.resolve(), "--directory", folder],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise DataError(f"the run of {config} failed:\n{(done.stdout + done.stderr)[-4000:]}")
    named = [yaml.safe_load(file.read_text()) or {} for file in (ROOT / "config.yaml", config)]
    return folder / "results" / {**named[0], **named[1]}["run"]


def measured(config: Mapping[str, Any], folder: Path) -> tuple[Path, list[dict]]:
    """The results of a run on one core, and a row for each of its rules, the largest job first: jobs, processor
    seconds, seconds of the longest job, peak in 10^6 bytes; last, of the largest process."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{config['run']}.yaml"
    file.write_text(yaml.safe_dump(dict(config)))
    before = processor_seconds()
    results = run(file, folder)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
    whole = {"rule": LARGEST, "jobs": 1, "processor_s": processor_seconds() - before, "peak_mb": peak}
    return results, [*by_rule(results / "logs"), whole]


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


def processor_seconds() -> float:
    """Of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
