"""What a job cost, written as the last line of its log and read from there.

    cost: {"processor_s": 3.21, "startup_s": 1.8, "wall_s": 3.52, "peak_mb": 412.0}

Only the standard library is imported: this is loaded by every job, and measures how long loading takes.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

_LABEL = "cost: "
_bootstrap: Any = importlib._bootstrap
_LOADED = time.monotonic()  # stands in for the start of the process where the system does not tell it
_TAIL = 4096  # bytes; a line of costs has some hundred


class Cost(NamedTuple):
    """What one process used, from its start.

    processor_s: seconds of processor time of all its threads, and of the child processes that it waited for.
    startup_s: those of them for the interpreter and the imports, also imports that wait until they are used.
    wall_s: seconds of the clock.
    peak_mb: the largest resident memory of the process, or of a child if that is larger, in 10^6 bytes.
    """

    processor_s: float
    startup_s: float
    wall_s: float
    peak_mb: float


@contextlib.contextmanager
def counting_startup() -> Iterator[Callable[[], float]]:
    """Count what imports cost from now on; gives a function of the start-up so far, in processor seconds.

    Until now nothing but start-up happened. From now on it is what the main thread spends on finding and loading
    modules, whoever asks for them. The function of Python that does so is wrapped, as it has no hook.
    """
    before, counted, depth = time.process_time(), 0.0, 0
    load = _bootstrap._find_and_load

    def counting(name: str, import_: Any) -> Any:
        nonlocal counted, depth
        if depth or threading.current_thread() is not threading.main_thread():
            return load(name, import_)
        depth, begun = 1, time.process_time()
        try:
            return load(name, import_)
        finally:
            depth = 0
            counted += time.process_time() - begun

    _bootstrap._find_and_load = counting
    try:
        yield lambda: before + counted
    finally:
        _bootstrap._find_and_load = load


def cost_so_far(startup_s: float) -> Cost:
    """The cost of this process up to now, of which `startup_s` for the start."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = time.process_time() + children.ru_utime + children.ru_stime
    peak = max(_peak_of_process(), children.ru_maxrss * _UNIT)
    return Cost(round(processor, 3), round(startup_s, 3), round(_age(), 3), round(peak / 1e6, 1))


def line(cost: Cost) -> str:
    """The line that `read_cost` reads, with its line break."""
    return f"{_LABEL}{json.dumps(cost._asdict())}\n"


def read_cost(log: str | Path) -> Cost | None:
    """The cost in the last line of a log; None where the log does not end with one, as after a killed job.

    Raises OSError where the log cannot be read.
    """
    with Path(log).open("rb") as file:
        file.seek(-min(_TAIL, file.seek(0, os.SEEK_END)), os.SEEK_END)
        lines = file.read().decode(errors="replace").splitlines()
    return _parsed(lines[-1]) if lines and is_cost(lines[-1]) else None


def is_cost(text: str) -> bool:
    """Whether a line of a log states a cost."""
    return text.startswith(_LABEL)


def without_cost(lines: Iterable[str]) -> list[str]:
    """The lines of a log that a person wants to read."""
    return [text for text in lines if not is_cost(text)]


def _parsed(text: str) -> Cost | None:
    try:
        return Cost(**json.loads(text.removeprefix(_LABEL)))
    except (ValueError, TypeError):  # cut off, or of another version
        return None


_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in ru_maxrss


def _peak_of_process() -> float:
    """Bytes, as VmHWM where there is one: Linux's ru_maxrss survives exec, so it counts who started this process."""
    try:
        status = Path("/proc/self/status").read_text()
        return next(float(row.split()[1]) * 1024 for row in status.splitlines() if row.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def _age() -> float:
    """Seconds since this process started; where the system does not say when, since this module was loaded."""
    try:
        fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
        started = int(fields[19]) / os.sysconf("SC_CLK_TCK")  # seconds after the boot: field 22 of proc(5)
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started
    except (OSError, IndexError, ValueError, AttributeError):
        return time.monotonic() - _LOADED
