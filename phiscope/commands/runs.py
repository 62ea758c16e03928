"""What commands about runs share: finding one, and handing it to Snakemake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from phiscope.errors import ConfigError
from phiscope.factories import FOLDERS
from phiscope.workflow.places import project
from phiscope.workflow.record import RECORD

RESULTS = Path("results")


def folder_of(run: str) -> Path:
    """The folder of a run, by its name below results/ or by its path. Raises ConfigError where there is none."""
    for folder in (RESULTS / run, Path(run)):
        if (folder / RECORD).is_file():
            return folder
    known = ", ".join(sorted(each.parent.name for each in RESULTS.glob(f"*/{RECORD}"))) or "none"
    raise ConfigError(f"there is no run {run!r} in {RESULTS.resolve()}; runs that are there: {known}")


def recorded(folder: Path) -> dict[str, Any]:
    """The configuration that a run was last started with, and the files that it came from."""
    return json.loads((folder / RECORD).read_text(encoding="utf-8"))


def snakemake(arguments: Sequence[str | Path], *, environment: dict[str, str] | None = None) -> int:
    """Start Snakemake on this project's workflow in the current folder; its exit code."""
    command = [sys.executable, "-m", "snakemake", "-s", project() / "Snakefile", *arguments]
    return subprocess.run([str(part) for part in command], env=os.environ | (environment or {})).returncode


def beside(files: Sequence[str]) -> dict[str, str]:
    """The environment in which factories beside these files are found."""
    return {FOLDERS: os.pathsep.join(dict.fromkeys(str(Path(file).parent) for file in files))}
