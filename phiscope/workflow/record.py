"""What a run was started with, kept in its folder: for commands that draw it again, and for whoever reads it later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from phiscope.files import write_text

RECORD = "configuration.json"


def write_record(folder: str | Path, config: Mapping[str, Any], files: Sequence[str | Path]) -> None:
    """The whole configuration as it was resolved, and the files that it came from, those laid over others last."""
    about = {"files": [str(Path(file).resolve()) for file in files], "configuration": dict(config)}
    write_text(json.dumps(about, indent=2, default=str) + "\n", Path(folder, RECORD))
