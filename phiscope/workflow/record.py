"""What a run was started with, kept in its folder: for commands that draw it again, and for whoever reads it later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

RECORD = "configuration.json"


def write_record(folder: str | Path, config: Mapping[str, Any], files: Sequence[str | Path]) -> None:
    """The whole configuration as it was resolved, and the files that it came from, those laid over others last."""
    path = Path(folder, RECORD)
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {"files": [str(Path(file).resolve()) for file in files], "configuration": dict(config)}
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(json.dumps(about, indent=2, default=str) + "\n", encoding="utf-8")
    temporary.replace(path)
