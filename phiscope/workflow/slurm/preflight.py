"""Before the first job is submitted: whether SLURM takes the jobs of the run, and whether its nodes see the files.

Called when a run starts, with Snakemake's workflow; each failure is one sentence, a ClusterError.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import socket
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from phiscope.errors import ClusterError
from phiscope.workflow.configuration.presence import paths_of
from phiscope.workflow.plan import resources
from phiscope.workflow.slurm import commands
from phiscope.workflow.slurm.commands import Partition

if TYPE_CHECKING:
    from phiscope.workflow.plan import Plan

_BUSY_SECONDS = 10  # that a node may take to say what it sees; on a full cluster none does
_SHARED_NOWHERE = frozenset({"tmpfs", "ramfs", "overlay", "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs"})
_CHECKS_PER_MINUTE_OF_AGE = 3  # the executor trusts squeue where finished jobs stay known for so many status checks


class Request(NamedTuple):
    """What a job, or a group of them, asks for. rule: its name, or the group's; resources: by Snakemake's names;
    longest: the rule of the job, or that of the group that asks for most time."""

    rule: str
    threads: int
    resources: Mapping[str, Any]
    longest: str

    @property
    def minutes(self) -> int:
        asked = self.resources.get("runtime")
        return asked if isinstance(asked, int) else 0

    @property
    def options(self) -> list[str]:
        memory = self.resources.get("mem_mb")
        limits = [f"--mem={memory}"] if isinstance(memory, int) else []
        limits += [f"--time={self.minutes}"] if self.minutes else []
        return [*commands.request(self.resources, self.threads), *limits]

    def __str__(self) -> str:
        card = ", a card" if self.resources.get("gpu") else ""
        return f"{self.threads} processors, {self.resources.get('mem_mb')} MB, {self.minutes} min{card}"


def prepare(workflow: Any, plan: Plan, folder: Path) -> Iterator[str]:
    """Lines for the terminal, where jobs are SLURM's; nothing elsewhere. folder: of the run, where jobs write.

    Sets how the executor learns what became of jobs, and where SLURM's own logs go. Raises ClusterError with what is
    missing.
    """
    if workflow.executor_plugin is None or workflow.executor_plugin.name != "slurm":
        return
    commands.require_commands()
    _follow_jobs(workflow.executor_settings, commands.settings())
    _keep_logs(workflow, folder / "logs" / "slurm")
    _require_threads(workflow, plan)
    known = commands.partitions()
    asked = list(_requests(workflow))
    used = {name: _partition(name, known) for name in {each.resources.get("slurm_partition") for each in asked}}
    resources.CEILING.update(_ceiling(used.values()))
    for each in asked:
        _require_taken(each, used[each.resources.get("slurm_partition")])
    if asked:
        yield from _require_shared(asked[0], used[asked[0].resources.get("slurm_partition")], plan, folder)


def _follow_jobs(settings: Any, slurm: Mapping[str, str]) -> None:
    """Ask squeue where there is no accounting, as often as finished jobs stay known: sacct would be asked for ever."""
    if not slurm.get("AccountingStorageType", "").endswith("/none"):
        return
    settings.status_command = "squeue"
    age = int(slurm.get("MinJobAge", "300").split()[0])
    if age < _CHECKS_PER_MINUTE_OF_AGE:
        raise ClusterError(
            f"SLURM: it has no accounting and forgets finished jobs after {age} s (MinJobAge), so nobody can say what "
            "became of a job; ask its administrator for one of the two, or use cluster-generic (docs/cluster.md)"
        )
    often = age // _CHECKS_PER_MINUTE_OF_AGE
    settings.init_seconds_before_status_checks = min(settings.init_seconds_before_status_checks, often)


def _keep_logs(workflow: Any, folder: Path) -> None:
    """SLURM's logs beside those of the jobs, unless the command says where."""
    if workflow.executor_settings.logdir is None:
        with contextlib.suppress(AttributeError):  # another executor: they stay below .snakemake
            workflow.scheduler._executor.slurm_logdir = folder.resolve()


def _require_threads(workflow: Any, plan: Plan) -> None:
    cores = workflow.resource_settings.cores
    if isinstance(cores, int) and plan.threads > cores:
        raise ClusterError(
            f"config: threads: {plan.threads}, but a job gets {cores} processors at most; add --cores {plan.threads} "
            f"where nodes have so many, or write threads: {cores}, with which results are others"
        )


def _requests(workflow: Any) -> Iterator[Request]:
    """Of the jobs that are known to be needed; what follows on data that are not prepared is not known yet."""
    grouped = getattr(workflow.dag, "_group", {})  # Snakemake's own way to ask fails for groups that are done
    seen = set()
    for job in dict.fromkeys(grouped.get(each, each) for each in workflow.dag.needrun_jobs()):
        members = list(job.jobs) if job.is_group() else [job]
        if not any(each.output and not each.is_local for each in members):
            continue
        given = {name: value for name, value in job.resources.items() if isinstance(value, str | int)}
        longest = max(members, key=lambda each: each.resources.get("runtime", 0)).rule.name
        request = Request(job.name if job.is_group() else longest, job.threads, given, longest)
        if (key := tuple(request.options)) not in seen:
            seen.add(key)
            yield request


def _partition(name: Any, known: Mapping[str, Partition]) -> Partition | None:
    """The one that jobs go to; None where SLURM has no default, or several were named."""
    if name is None:
        return next((each for each in known.values() if each.is_default), None)
    if known and all(part not in known for part in str(name).split(",")):
        raise ClusterError(
            f"SLURM: there is no partition {name!r}; expected one of {', '.join(known)}, as in "
            f"--default-resources slurm_partition={next(iter(known))}"
        )
    return known.get(str(name))


def _ceiling(used: Iterable[Partition | None]) -> dict[str, int]:
    """What a later attempt may grow to: what the smallest of the partitions has."""
    sizes = [each for each in used if each]
    return (
        {"mem_mb": min(each.memory for each in sizes), "runtime": min(each.minutes for each in sizes)} if sizes else {}
    )


def _require_taken(asked: Request, partition: Partition | None) -> None:
    where = f" in partition {partition.name}" if partition else ""
    if partition and asked.minutes > partition.minutes:
        raise ClusterError(
            f"SLURM: jobs {asked.rule} ask for {asked.minutes} min, more than the {partition.minutes} min of partition "
            f"{partition.name}; use another (--default-resources slurm_partition=...), or try less, such as "
            f"--set-resources {asked.longest}:runtime={partition.minutes // 2}"
        )
    done = commands.ask("sbatch", "--test-only", *asked.options, "--wrap", "true")
    reason = commands.said(done)
    if done.returncode and "down, drained or reserved" not in done.stderr:  # it may be up again when its turn comes
        largest = f", whose largest node has {partition.processors} and {partition.memory} MB" if partition else ""
        raise ClusterError(f"SLURM: it refuses jobs {asked.rule}{where} ({asked}){largest}: {reason}")


def _require_shared(asked: Request, partition: Partition | None, plan: Plan, folder: Path) -> Iterator[str]:
    """Let a node look for what jobs read and write, where one is free."""
    others = partition.hosts - {socket.gethostname().partition(".")[0]} if partition else frozenset()
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / f".seen-{os.getpid()}"
    marker.touch()
    try:
        wanted = {str(marker.absolute()): str(folder.absolute()), sys.executable: sys.executable} | _data(plan)
        script = "; ".join(f"test -e {shlex.quote(path)} || echo lacks {number}" for number, path in enumerate(wanted))
        limits = ["--mem=100", "--time=1", f"--immediate={_BUSY_SECONDS}", "--quiet"]
        options = commands.request({k: v for k, v in asked.resources.items() if k != "gpu"}, 1)
        done = commands.ask("srun", *options, *limits, "sh", "-c", f"hostname; {script}", seconds=3 * _BUSY_SECONDS)
    except ClusterError:
        done = None
    finally:
        marker.unlink(missing_ok=True)
    if done and done.returncode == 0:
        host, *missing = done.stdout.split("\n")
        if lacks := [list(wanted.values())[int(line.split()[1])] for line in missing if line.startswith("lacks")]:
            raise ClusterError(
                f"SLURM: node {host} does not see {lacks[0]}; start in a folder that all nodes share (--directory), "
                "with the environment and the data on a shared file system as well"
            )
    elif others and (kind := _file_system(folder)) in _SHARED_NOWHERE:
        yield (
            f"No node of SLURM's was free to say whether it sees {folder.absolute()}, which lies on {kind}: jobs fail "
            "where they do not share it."
        )


def _data(plan: Plan) -> dict[str, str]:
    """Files and folders that the configuration names and that are here."""
    paths = [Path(os.path.expandvars(named.text)).expanduser().absolute() for named in paths_of(plan.config)]
    return {str(path): str(path) for path in paths if path.exists()}


def _file_system(folder: Path) -> str:
    """Its kind, such as nfs or ext4; nothing where the system does not say."""
    with contextlib.suppress(OSError):
        mounts = [line.split()[1:3] for line in Path("/proc/self/mounts").read_text().splitlines()]
        path = folder.resolve()
        above = [(where, kind) for where, kind in mounts if path.is_relative_to(where)]
        return max(above, key=lambda each: len(each[0]), default=("", ""))[1]
    return ""
