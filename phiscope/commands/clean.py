"""Remove what a run has left: its folder below results/.

phiscope clean digits
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from phiscope.commands.runs import folder_of
from phiscope.errors import ConfigError
from phiscope.workflow.starting.head import require_free


def main(arguments: Sequence[str] | None = None) -> None:
    """Say how much it is, ask unless told not to, and remove it.

    Raises PhiscopeError where somebody works on the run, or where its files cannot be removed.
    """
    parser = argparse.ArgumentParser(prog="phiscope clean", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", metavar="RUN", help="its name below results/, or its folder")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args(arguments)
    folder = folder_of(options.run)
    if folder.is_symlink():
        raise ConfigError(f"{folder} is a link to {folder.resolve()}; remove that, or the link, yourself")
    require_free(folder)
    size = _bytes_below(folder) / 1e6
    if not options.yes and not _answered(f"remove {folder}, {size:,.0f} MB? [y/N] "):
        print("nothing was removed")
        return
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise ConfigError(f"{error.filename or folder}: cannot be removed ({error.strerror or error})") from error
    print(f"removed {folder}, {size:,.0f} MB")


def _bytes_below(folder: Path) -> int:
    """Of files, each once: parts of a run are linked to where they are used."""
    files = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            about = path.stat()
            files[about.st_dev, about.st_ino] = about.st_size
    return sum(files.values())


def _answered(question: str) -> bool:
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        return False
