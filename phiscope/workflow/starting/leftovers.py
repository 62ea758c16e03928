"""What killed processes leave behind: temporary files, locks of jobs and Snakemake's own locks."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from phiscope.workflow.starting import places
from phiscope.workflow.starting.locks import Record, State, holder

_SNAKEMAKE = Path(".snakemake", "locks")


def orphans(results: str | Path) -> list[Record]:
    """Who writes files of a run now, by the locks of its jobs."""
    found = [holder(path) for path in places.of_jobs(results)]
    return [record for state, record in found if record and state is State.LIVING]


def sweep(results: str | Path, token: str = "") -> None:
    """Remove temporary files, and locks that nobody holds; nothing while a job of the run may be alive.

    Files are written under `<name>.tmp` or `.<name>.<process>.tmp` and moved into place: what still has such a name is
    of a process that was killed. token: of a start whose jobs have all ended, as Snakemake knows, on whatever machine.
    """
    for state, record in map(holder, places.of_jobs(results)):
        if state is State.LIVING or (state is State.UNKNOWN and record and record.token != token):
            return
    with contextlib.suppress(OSError):  # somebody else's files stay
        for path in list(Path(results).rglob("*.tmp")):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        for path in places.of_jobs(results):
            path.unlink(missing_ok=True)
        for folder, _, _ in list(os.walk(places.of_run(results).parent, topdown=False)):
            with contextlib.suppress(OSError):  # that of the run's own lock
                os.rmdir(folder)


def unlock(results: str | Path) -> int:
    """Remove those of Snakemake's locks, in the current folder, that name files of a run; how many that were.

    Only for whoever holds the run's own lock after its last holder is gone: nobody else makes such files then.
    """
    removed = 0
    for path in _SNAKEMAKE.glob("*.lock"):
        with contextlib.suppress(OSError):
            if any(line.startswith(f"{Path(results)}/") for line in path.read_text().splitlines()):
                path.unlink()
                removed += 1
    return removed
