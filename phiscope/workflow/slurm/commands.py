"""Questions to SLURM, by its commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from phiscope.errors import ClusterError

NEEDED = ("sbatch", "srun", "squeue", "sinfo", "scontrol")
_PATIENCE = 60  # seconds for an answer
_NO_LIMIT = 10**9  # minutes


class Partition(NamedTuple):
    """name; minutes: most time of a job; processors, memory (MB): of the largest node; hosts: names of its nodes."""

    name: str
    minutes: int
    processors: int
    memory: int
    hosts: frozenset[str]
    is_default: bool


def require_commands() -> None:
    """Raises ClusterError where a command of SLURM's is not to be found."""
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        raise ClusterError(
            f"SLURM: there is no {missing[0]} in PATH on {os.uname().nodename}; start on a login node of the cluster, "
            "load its module if it has one, or run here without --profile profiles/slurm and with --cores"
        )


def ask(*command: str, seconds: float = _PATIENCE) -> subprocess.CompletedProcess[str]:
    """What a command says. Raises ClusterError where it says nothing for long."""
    # Inside a job of SLURM's, such as an interactive one, a step would take the place of a job.
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM_", "SBATCH_", "SRUN_"))}
    if configuration := os.environ.get("SLURM_CONF"):
        outside["SLURM_CONF"] = configuration
    try:
        return subprocess.run(command, env=outside, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise ClusterError(f"SLURM: {command[0]} does not answer within {seconds:.0f} s; try again later") from error


def settings() -> dict[str, str]:
    """SLURM's configuration. Raises ClusterError where no controller answers."""
    done = ask("scontrol", "show", "config")
    if done.returncode:
        raise ClusterError(f"SLURM: its controller does not answer: {said(done)}")
    found = re.findall(r"^(\w+)\s*=\s*(.*?)\s*$", done.stdout, re.M)
    return dict(found)


def partitions() -> dict[str, Partition]:
    """Name -> partition."""
    done = ask("sinfo", "--noheader", "--Node", "--format", "%P|%l|%c|%m|%n")
    found: dict[str, Partition] = {}
    for line in done.stdout.splitlines():
        marked, limit, processors, memory, host = line.strip().split("|")
        name = marked.removesuffix("*")
        own = Partition(
            name, minutes(limit), _number(processors), _number(memory), frozenset([host]), marked.endswith("*")
        )
        found[name] = _joined(found[name], own) if name in found else own
    return found


def _joined(one: Partition, other: Partition) -> Partition:
    return one._replace(
        processors=max(one.processors, other.processors),
        memory=max(one.memory, other.memory),
        hosts=one.hosts | other.hosts,
    )


def _number(text: str) -> int:
    return int(text.rstrip("+") or 0)


def minutes(limit: str) -> int:
    """Of `days-hours:minutes:seconds`, `hours:minutes:seconds`, `minutes:seconds` or `infinite`."""
    if not re.fullmatch(r"(\d+-)?[\d:]+", limit):
        return _NO_LIMIT
    days, _, rest = limit.rpartition("-")
    parts = [int(part) for part in rest.split(":")]
    seconds = sum(part * 60**place for place, part in enumerate(reversed(parts)))
    return int(days or 0) * 1440 + seconds // 60


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of what a command said that tells most, which is its first error."""
    lines = [re.sub(r"^\s*\w+: (error: )?", "", line).strip() for line in done.stderr.splitlines()]
    return next(filter(None, lines), f"exit status {done.returncode}").removeprefix("allocation failure: ").rstrip(".")


def request(resources: Mapping[str, object], threads: int) -> list[str]:
    """The options of sbatch and srun for a job with these resources, as the executor gives them."""
    options = {
        "--partition": resources.get("slurm_partition"),
        "--account": resources.get("slurm_account"),
        "--clusters": next(filter(None, map(resources.get, ("cluster", "clusters", "slurm_cluster"))), None),
        "--qos": resources.get("qos"),
        "--constraint": resources.get("constraint"),
        "--gres": resources.get("gres"),
        "--gpus": resources.get("gpu"),
    }
    named = [f"{option}={value}" for option, value in options.items() if value]
    return [*named, f"--cpus-per-task={threads}", "--ntasks=1", *_extra(resources)]


def _extra(resources: Mapping[str, object]) -> Sequence[str]:
    return str(resources.get("slurm_extra") or "").split()
