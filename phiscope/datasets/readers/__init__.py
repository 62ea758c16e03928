"""One file per format, one line each to register it: `splits(path, ...)` and `read(path, split, ...) -> Rows`.

A reader raises DataError with what was expected of which file; it never returns what it is not sure of. Options are the
same for both functions.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from phiscope.datasets.readers import cifar, csv, digits, features, folder, idx, npz, parquet
from phiscope.datasets.readers.own import Own
from phiscope.datasets.visible import entries, folders
from phiscope.errors import DataError

READERS: dict[str, Any] = {
    "digits": digits,
    "idx": idx,
    "cifar": cifar,
    "parquet": parquet,
    "folder": folder,
    "npz": npz,
    "csv": csv,
    "features": features,
}


def reader(name: str) -> Any:
    """The module of a format, or what stands in for it: a function of the user's own, `package.module:function`."""
    if ":" in name:
        return Own(name)
    if name not in READERS:
        raise DataError(
            f"there is no reader {name!r}; expected one of {', '.join(READERS)}, or package.module:function of your own"
        )
    return READERS[name]


def guess(path: Path) -> str:
    """The format of a file, or of what is visible in a folder."""
    if path.is_file() and path.suffix.lower() in csv.SUFFIXES:
        return "csv"
    names = [path.name] if path.is_file() else [entry.name for entry in entries(path)]
    signs = {"parquet": (".parquet",), "npz": (".npz",), "idx": ("-ubyte", "-ubyte.gz"), "cifar": (".tar.gz", ".bin")}
    formats = [kind for kind, endings in signs.items() if any(name.endswith(endings) for name in names)]
    if "test_batch" in names and not formats:
        formats = ["cifar"]
    if not formats and any(entry.suffix == ".parquet" for below in folders(path) for entry in entries(below)):
        formats = ["parquet"]
    if not formats and path.is_dir() and folder.splits(path):
        formats = ["folder"]
    if len(formats) != 1:
        raise DataError(
            f"{path}: cannot tell its format; give dataset.reader (idx, cifar, parquet, folder, npz or csv)"
        )
    return formats[0]


def require_options(name: str, read: Any, given: Mapping[str, Any], shared: list[str]) -> None:
    """Raise DataError where a reader does not take an option, naming the nearest that there is."""
    takes = list(inspect.signature(read).parameters.values())
    if any(each.kind is each.VAR_KEYWORD for each in takes):
        return
    own = [each.name for each in takes[2:]]  # after the path and the split
    for option in given:
        if option not in own:
            near = get_close_matches(option, [*own, *shared], 1)
            hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join([*own, *shared])}"
            raise DataError(f"dataset.options {dict(given)}: the reader {name} does not take {option!r}; {hint}")
