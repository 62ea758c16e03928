"""What a part of a measurement used of a machine, where files are mapped: their pages are not its own memory."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROC = Path("/proc/self")
_EVERY = 0.02  # seconds between two looks at the memory


@contextmanager
def used() -> Iterator[dict[str, float]]:
    """Fills in what the body used.

    processor_s, seconds: of all threads, and of the clock. own_gb: the largest RssAnon, looked at every 20 ms, above
    what it was before. mapped_gb: the largest RssFile, of pages that the kernel may take back. disk_gb: what came
    from the disk, not from what the kernel keeps of it.
    """
    row: dict[str, float] = {}
    before, disk, over = _status("RssAnon", "RssFile"), _from_disk(), threading.Event()
    highest = dict(before)

    def look() -> None:
        while not over.wait(_EVERY):
            for key, value in _status(*before).items():
                highest[key] = max(highest[key], value)

    watching = threading.Thread(target=look, daemon=True)
    watching.start()
    clock, processor = time.perf_counter(), time.process_time()
    yield row
    row |= {"processor_s": time.process_time() - processor, "seconds": time.perf_counter() - clock}
    over.set()
    watching.join()
    row |= {
        "own_gb": (highest["RssAnon"] - before["RssAnon"]) / 1e6,
        "mapped_gb": highest["RssFile"] / 1e6,
        "disk_gb": _from_disk() - disk,
    }


def allow(gigabytes: float) -> None:
    """From now on the kernel refuses this process more memory of its own than this, above what it has."""
    bound = 1000 * _status("VmData")["VmData"] + int(gigabytes * 1e9)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _status(*names: str) -> dict[str, int]:
    """Lines of /proc/self/status, in kB."""
    lines = (line.split() for line in (PROC / "status").read_text().splitlines())
    return {line[0][:-1]: int(line[1]) for line in lines if line[0][:-1] in names}


def _from_disk() -> float:
    """Gigabytes."""
    lines = dict(line.split(": ") for line in (PROC / "io").read_text().splitlines())
    return int(lines["read_bytes"]) / 1e9
