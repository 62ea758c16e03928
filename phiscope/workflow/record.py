"""What a run was started with, kept in its folder: for commands that draw it again, and for whoever reads it later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from phiscope.errors import ConfigError, ResultError
from phiscope.files import write_text

RESULTS = Path("results")
RECORD = "configuration.json"
ANY_RUN = "`phiscope run` with the configuration of the run"  # the command, where that is not known


def write_record(
    folder: str | Path,
    config: Mapping[str, Any],
    files: Sequence[str | Path],
    changes: Mapping[str, Any] | None = None,
) -> None:
    """The whole configuration as it was resolved, and what it came from: files, those laid over others last, and
    changes on the command line."""
    given = [str(Path(file).resolve()) for file in files]
    about = {"files": given, "changes": dict(changes or {}), "configuration": dict(config)}
    write_text(json.dumps(about, indent=2, default=str) + "\n", Path(folder, RECORD))


def is_damaged(folder: str | Path) -> bool:
    """Whether there is a record that cannot be read."""
    path = Path(folder, RECORD)
    try:
        return path.exists() and "configuration" not in json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return True


def folder_of(run: str | Path) -> Path:
    """The folder of a run, by its name below results/ or by its path. Raises ConfigError where there is none."""
    for folder in (RESULTS / run, Path(run)):
        if (folder / RECORD).is_file():
            return folder
    known = ", ".join(sorted(each.parent.name for each in RESULTS.glob(f"*/{RECORD}"))) or "none"
    raise ConfigError(f"there is no run {str(run)!r} in {RESULTS.resolve()}; runs that are there: {known}")


def recorded(folder: Path) -> dict[str, Any]:
    """The configuration that a run was last started with, the files that it came from, and changes of them.

    Raises ResultError where the record is damaged.
    """
    try:
        about = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return {"configuration": dict(about["configuration"]), "files": list(about["files"])} | about
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ResultError(f"{folder / RECORD} is damaged ({error}); {ANY_RUN} writes it anew") from error
