"""One file per format, one line each to register it: `read(path, split, **options) -> ImageDataset`.

A reader raises DataError with what was expected of which file; it never returns what it is not sure of.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from phiscope.errors import DataError

READERS: dict[str, str] = {
    "digits": "phiscope.datasets.readers.digits",
    "idx": "phiscope.datasets.readers.idx",
    "cifar": "phiscope.datasets.readers.cifar",
    "parquet": "phiscope.datasets.readers.parquet",
    "folder": "phiscope.datasets.readers.folder",
    "npz": "phiscope.datasets.readers.npz",
}


def reader(name: str) -> Callable:
    """The `read` function of a format."""
    if name not in READERS:
        raise DataError(f"there is no reader {name!r}; expected one of {', '.join(READERS)}")
    return importlib.import_module(READERS[name]).read
