"""Where starts and jobs of a run leave their locks: results/<run>/.locks/."""

from __future__ import annotations

from pathlib import Path

TOKEN = "PHISCOPE_START"  # of the environment of jobs: which start of the run they belong to
_FOLDER = ".locks"


def of_run(results: str | Path) -> Path:
    """The lock of a run: whoever holds it starts the jobs of results/<run>."""
    return Path(results, _FOLDER, "run.json")


def of_job(log: str | Path) -> Path | None:
    """The lock of a job, by its log: results/<run>/logs/<job>.log -> results/<run>/.locks/<job>.lock.

    None for other logs.
    """
    parts = Path(log).parts
    if len(parts) < 4 or parts[0] != "results" or parts[2] != "logs":
        return None
    return Path(*parts[:2], _FOLDER, *parts[3:]).with_suffix(".lock")


def of_jobs(results: str | Path) -> list[Path]:
    """The lock files of jobs that are there, held or not."""
    return sorted(Path(results, _FOLDER).rglob("*.lock"))
