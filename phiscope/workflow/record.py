"""What a run was started with, kept in its folder: for commands that draw it again, and for whoever reads it later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from phiscope.files import write_text

RECORD = "configuration.json"


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
