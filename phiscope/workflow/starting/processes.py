"""Which process, on which machine, and whether it still runs.

A number of a process is used again, a name of a machine too. So a process is told by its number, the time at which it
was started (in ticks after the boot, which no change of the clock moves), the boot, and the space that its number
counts in: containers on one machine count apart.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple


class Process(NamedTuple):
    """A process as others can look for it. Fields that a system does not tell are None."""

    host: str
    pid: int
    started: int | None = None  # ticks after the boot; seconds on the clock where there is no /proc
    boot: str | None = None
    machine: str | None = None
    numbers: str | None = None  # the space that `pid` counts in

    @staticmethod
    def of(values: dict[str, Any]) -> Process:
        """From its fields as JSON keeps them. Raises TypeError, KeyError or ValueError where these are none."""
        texts = {
            name: None if values.get(name) is None else str(values[name]) for name in ("boot", "machine", "numbers")
        }
        started = values.get("started")
        return Process(str(values["host"]), int(values["pid"]), None if started is None else int(started), **texts)

    def same_kernel(self, other: Process) -> bool:
        """Whether both run under one kernel, so that each sees the file locks of the other."""
        return self.boot == other.boot and (self.boot is not None or self.host == other.host)

    def before_reboot(self, now: Process) -> bool:
        """Whether it ran on the machine of `now` before that was started again."""
        machine = self.machine is not None and self.machine == now.machine
        return machine and self.host == now.host and None not in (self.boot, now.boot) and self.boot != now.boot


def this() -> Process:
    """The process that asks."""
    return Process(
        host=os.uname().nodename,
        pid=os.getpid(),
        started=_started(os.getpid()),
        boot=_line("/proc/sys/kernel/random/boot_id"),
        machine=_line("/etc/machine-id"),
        numbers=_target("/proc/self/ns/pid"),
    )


def runs(process: Process, here: Process) -> bool | None:
    """Whether a process runs, as far as `here` can see; None where it cannot."""
    if process.before_reboot(here):
        return False
    if not process.same_kernel(here) or process.numbers != here.numbers:
        return None
    started = _started(process.pid)
    if started is None:
        return False
    return process.started is None or abs(started - process.started) <= _TOLERANCE


_HAS_PROC = Path("/proc/self/stat").is_file()
_TOLERANCE = 0 if _HAS_PROC else 2  # seconds: without /proc the start follows the clock


def _started(pid: int) -> int | None:
    """When a process was started; None where there is none of that number, or only its remains."""
    if _HAS_PROC:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            return None
        return None if fields[0] in "ZX" else int(fields[19])  # fields 3 and 22 of proc(5)
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else int(process.create_time())
    except psutil.Error:
        return None


def _line(path: str) -> str | None:
    try:
        return Path(path).read_text().strip() or None
    except OSError:
        return None


def _target(path: str) -> str | None:
    try:
        return os.readlink(path)
    except OSError:
        return None
