"""A SLURM of one machine: munged, slurmctld and slurmd with a configuration, keys and folders of their own.

Nothing of the machine's is read or written: commands find their SLURM through small scripts that come first in PATH.
The daemons run as whoever runs the tests and are ended by their process ids.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd")
COMMANDS = ("sbatch", "srun", "squeue", "sinfo", "scontrol", "scancel", "sacct", "sacctmgr", "sshare")
_PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"
_CONFIGURATION = """
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
ReturnToService=2
MinJobAge={min_job_age}
KillWait=5
NodeName={host} NodeAddr=127.0.0.1 CPUs={processors} RealMemory={memory} State=UNKNOWN
PartitionName=short Nodes={host} Default=YES MaxTime=240 State=UP
"""


def missing() -> list[str]:
    """The programs that a cluster needs and this machine does not have."""
    return [name for name in (*DAEMONS, *COMMANDS[:5]) if not shutil.which(name, path=_PATH)]


@contextlib.contextmanager
def cluster(
    folder: Path, processors: int = 2, memory: int = 8000, min_job_age: int = 86400
) -> Iterator[dict[str, str]]:
    """The environment in which SLURM's commands reach a cluster with one partition, `short`, of one node.

    folder: new, with a short name, since sockets lie in it. memory: MB that the node says to have. A processor or a MB
    that the machine does not have is one that jobs share.
    """
    for name in ("state", "spool", "munge", "bin"):
        (folder / name).mkdir(parents=True, mode=0o755)
    host = socket.gethostname().partition(".")[0]
    about = {"host": host, "ports": _free_ports(2), "user": getpass.getuser(), "folder": folder, "memory": memory}
    about |= {"processors": processors, "min_job_age": min_job_age}
    (folder / "slurm.conf").write_text(_CONFIGURATION.format(**about))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLURM_")}
    environment["PATH"] = f"{folder / 'bin'}:{_PATH}"
    for name in COMMANDS:
        if real := shutil.which(name, path=_PATH):
            script = folder / "bin" / name
            script.write_text(f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {real} "$@"\n')
            script.chmod(0o755)
    with contextlib.ExitStack() as running:
        running.enter_context(_munged(folder / "munge"))
        daemon = environment | {"SLURM_CONF": f"{folder}/slurm.conf"}
        for name in ("slurmctld", "slurmd"):
            running.enter_context(_running([_which(name), "-D"], folder / f"{name}.out", daemon))
            _wait_for(partial(_answers, environment, idle=name == "slurmd"), name, folder)
        yield environment


def _which(name: str) -> str:
    path = shutil.which(name, path=_PATH)
    assert path, name
    return path


@contextlib.contextmanager
def _munged(folder: Path) -> Iterator[None]:
    """munged with a key, a socket and files of its own."""
    key = folder / "key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o600)
    folder.chmod(0o711)
    files = {"key-file": key, "socket": folder / "socket", "pid-file": folder / "pid"}
    files |= {"log-file": folder / "log", "seed-file": folder / "seed"}
    options = [f"--{name}={path}" for name, path in files.items()]
    with _running([_which("munged"), "--foreground", "--force", *options], folder / "out", os.environ):
        _wait_for((folder / "socket").exists, "munged", folder)
        yield


@contextlib.contextmanager
def _running(command: list[str], output: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """A process that lives as long as the body; output: a file for what it says."""
    with output.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env=dict(environment))
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(environment: Mapping[str, str], idle: bool) -> bool:
    """Whether the controller answers, with a node that takes jobs where idle is asked for."""
    done = subprocess.run(["sinfo", "-h", "-o", "%T"], env=dict(environment), capture_output=True, text=True)
    return done.returncode == 0 and (not idle or done.stdout.strip() == "idle")


def _wait_for(ready: object, name: str, folder: Path, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not ready():  # type: ignore[operator]
        if time.monotonic() > until:
            logs = "\n".join(path.read_text()[-2000:] for path in sorted(folder.rglob("*log")) if path.is_file())
            raise RuntimeError(f"{name} does not answer after {seconds:.0f} s:\n{logs}")
        time.sleep(0.2)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
