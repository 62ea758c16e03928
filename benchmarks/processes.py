"""Measurements in processes of their own, so that memory is their own and one that takes too long can be stopped."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

SHARE = 0.6  # of the memory that is free, for a measurement; more would take it from what else runs here
PROC = Path("/proc/self")


@dataclass(frozen=True)
class Outcome:
    """Rows that were measured, and why there are no more of them: empty where nothing went wrong."""

    rows: list[dict] = field(default_factory=list)
    trouble: str = ""


def apart(measure: Callable[..., Iterator[dict]], *arguments, limit: float) -> Outcome:
    """Rows that measure(*arguments) yields in a fresh process, which has `limit` seconds and a share of the memory."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_send, args=(theirs, measure, arguments), daemon=True)
    process.start()
    theirs.close()
    rows, end = [], time.monotonic() + limit
    try:
        while (left := end - time.monotonic()) > 0 and ours.poll(left):
            row = ours.recv()
            if row is None or isinstance(row, str):
                return Outcome(rows, row or "")
            rows.append(row)
        return Outcome(rows, f"stopped after {limit:g} s")
    except EOFError:
        process.join()
        return Outcome(rows, f"ended by itself, exit code {process.exitcode}")
    finally:
        process.kill()
        process.join()


def _send(connection: Connection, measure: Callable[..., Iterator[dict]], arguments: tuple) -> None:
    bound = _memory_bound()
    try:
        for row in measure(*arguments):
            connection.send(row)
        connection.send(None)
    except MemoryError:
        connection.send(f"out of memory at {bound / 1e9:.0f} GB")


def _memory_bound() -> int:
    """Bounds what this process may allocate; returns the bound in bytes."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    free = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    bound = int(SHARE * free * 1024)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, bound))
    return bound


@dataclass
class Peak:
    """gigabytes: highest resident memory of this process, less what it had when the measurement began."""

    gigabytes: float = float("nan")


@contextmanager
def peak_memory() -> Iterator[Peak]:
    """Measures peak memory of the body.

    `ru_maxrss` never falls and a child inherits its parent's, so it only shows growth beyond both; the kernel's
    high-water mark of this process's own memory, set back at the start, shows all of it.
    """
    peak = Peak()
    (PROC / "clear_refs").write_text("5")
    before = _resident("VmRSS")
    yield peak
    peak.gigabytes = (_resident("VmHWM") - before) / 1e6


def _resident(name: str) -> int:
    """A line of /proc/self/status, in kB."""
    return next(int(line.split()[1]) for line in (PROC / "status").read_text().splitlines() if line.startswith(name))
