"""Files and folders that belong to a data set: what systems and editors leave beside it is passed over."""

from __future__ import annotations

import os
from pathlib import Path

from phiscope.datasets.files import is_file, unreadable

_LEFT_BEHIND = {"__macosx", "thumbs.db", "desktop.ini"}


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is none of the data: `.DS_Store`, `._a.png`, `.ipynb_checkpoints`."""
    return name.startswith(".") or name.lower() in _LEFT_BEHIND


def entries(folder: Path) -> list[Path]:
    """What is visible in a folder, by name; nothing where there is no such folder, DataError where it is closed."""
    try:
        return sorted(entry for entry in folder.iterdir() if not is_hidden(entry.name)) if folder.is_dir() else []
    except OSError as error:
        raise unreadable(folder, error) from error


def folders(folder: Path) -> list[Path]:
    return [entry for entry in entries(folder) if entry.is_dir()]


def files_below(folder: Path) -> list[Path]:
    """Visible files at any depth, in the order of their paths. Links to folders are followed, each folder once.

    Raises DataError for a folder that is closed, and for what is no file: a link to nothing, a named pipe. Passed over,
    they would leave a smaller data set than there is.
    """
    files: list[Path] = []
    entered: set[str] = set()

    def closed(error: OSError) -> None:
        raise unreadable(error.filename, error) from error

    for here, below, names in os.walk(folder, onerror=closed, followlinks=True):
        real = os.path.realpath(here)
        if real in entered:
            below.clear()
            continue
        entered.add(real)
        below[:] = sorted(name for name in below if not is_hidden(name))
        files += [Path(here) / name for name in names if not is_hidden(name)]
    return sorted(file for file in files if is_file(file))
