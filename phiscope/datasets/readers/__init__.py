"""One file per format, one line each to register it: `splits(path, ...)` and `read(path, split, ...) -> Rows`.

A reader raises DataError with what was expected of which file; it never returns what it is not sure of. Options are the
same for both functions.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from phiscope.errors import DataError

READERS: dict[str, str] = {
    "digits": "phiscope.datasets.readers.digits",
    "idx": "phiscope.datasets.readers.idx",
    "cifar": "phiscope.datasets.readers.cifar",
    "parquet": "phiscope.datasets.readers.parquet",
    "folder": "phiscope.datasets.readers.folder",
    "npz": "phiscope.datasets.readers.npz",
}


def reader(name: str) -> ModuleType:
    """The module of a format."""
    if name not in READERS:
        raise DataError(
            f"there is no reader {name!r}; expected one of {', '.join(READERS)}, or package.module:function of your own"
        )
    return importlib.import_module(READERS[name])


def guess(path: Path) -> str:
    """The format of a file, or of what is visible in a folder."""
    from phiscope.datasets.readers import folder
    from phiscope.datasets.visible import entries, folders

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
        raise DataError(f"{path}: cannot tell its format; give dataset.reader (idx, cifar, parquet, folder or npz)")
    return formats[0]


def require_options(name: str, read: Any, given: Mapping[str, Any], shared: list[str]) -> None:
    """Raise DataError where a reader does not take an option, naming the nearest that there is."""
    takes = inspect.signature(read).parameters.values()
    if any(each.kind is each.VAR_KEYWORD for each in takes):
        return
    own = [each.name for each in takes if each.kind is each.KEYWORD_ONLY]
    for option in given:
        if option not in own:
            near = get_close_matches(option, [*own, *shared], 1)
            hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join([*own, *shared])}"
            raise DataError(f"dataset.options {dict(given)}: the reader {name} does not take {option!r}; {hint}")
