"""What a run was started with, kept in its folder: for commands that draw it again, and for whoever reads it later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from phiscope.errors import ConfigError
from phiscope.files import write_text

RESULTS = Path("results")
RECORD = "configuration.json"


def write_record(folder: str | Path, config: Mapping[str, Any], files: Sequence[str | Path]) -> None:
    """The whole configuration as it was resolved, and the files that it came from, those laid over others last."""
    about = {"files": [str(Path(file).resolve()) for file in files], "configuration": dict(config)}
    write_text(json.dumps(about, indent=2, default=str) + "\n", Path(folder, RECORD))


def folder_of(run: str | Path) -> Path:
    """The folder of a run, by its name below results/ or by its path. Raises ConfigError where there is none."""
    for folder in (RESULTS / run, Path(run)):
        if (folder / RECORD).is_file():
            return folder
    known = ", ".join(sorted(each.parent.name for each in RESULTS.glob(f"*/{RECORD}"))) or "none"
    raise ConfigError(f"there is no run {str(run)!r} in {RESULTS.resolve()}; runs that are there: {known}")


def recorded(folder: Path) -> dict[str, Any]:
    """The configuration that a run was last started with, and the files that it came from."""
    return json.loads((folder / RECORD).read_text(encoding="utf-8"))
