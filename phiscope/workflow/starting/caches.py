"""Where the user's cache cannot be written, Snakemake would end with a traceback before it reads the workflow."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_VARIABLE = "XDG_CACHE_HOME"  # Snakemake, fontconfig and torch look here first


def ensure(folder: str | Path) -> str | None:
    """Let caches go to a temporary folder where this one of the user's cannot be written; a line about it, or None.

    It is the folder of this process and its jobs, and goes with it.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        instead = tempfile.mkdtemp(prefix="phiscope-cache-")
        os.environ[_VARIABLE] = instead
        atexit.register(shutil.rmtree, instead, ignore_errors=True)
        return (
            f"{folder} cannot be written ({error.strerror or error}): what Snakemake caches goes to {instead} for now."
        )
