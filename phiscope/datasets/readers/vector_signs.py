"""Whether files look like vectors: arrays of floats with two axes, or tables of numbers without images."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from phiscope.datasets.readers.features import kind_of_name
from phiscope.datasets.readers.parquet_files import is_parquet, schema_of
from phiscope.datasets.visible import entries
from phiscope.errors import DataError

_AXES = 2


def hold_vectors(path: Path) -> bool:
    """Whether a file, or the files of a folder, are for the reader `features`, and no images; headers alone are read.

    The first file that says one or the other decides.
    """
    files = [path] if path.is_file() else [each for each in entries(path) if each.is_file()]
    return next((found for each in files if (found := _holds(each)) is not None), False)


def is_head(file: Path) -> bool:
    """Whether a .npz file is a linear head and no data: a weight and a bias."""
    names = {name for name, *_ in _arrays(file)} if file.suffix == ".npz" else set()
    return bool(names & {"weight", "coef_", "W", "w"}) and bool(names & {"bias", "intercept_", "b"})


def _holds(file: Path) -> bool | None:
    """None where a file says nothing, such as one of labels."""
    if is_parquet(file):
        return _table_holds(file)
    found = [shape for name, shape, is_float in _arrays(file) if kind_of_name(name) == "vectors" and is_float]
    others = [shape for name, shape, _ in _arrays(file) if kind_of_name(name) == "vectors" and len(shape) > _AXES]
    if is_head(file) or not (found or others):
        return None
    return not others and any(len(shape) == _AXES for shape in found)


def _table_holds(file: Path) -> bool | None:
    import pyarrow as pa

    try:
        schema = schema_of([file])
    except DataError:
        return None
    if any(pa.types.is_struct(each.type) for each in schema):
        return False
    numbers = [each for each in schema if pa.types.is_floating(each.type)]
    lists = [each for each in schema if pa.types.is_list(each.type) or pa.types.is_fixed_size_list(each.type)]
    return bool(lists) or len(numbers) >= _AXES


def _arrays(file: Path) -> Iterator[tuple[str, tuple[int, ...], bool]]:
    """Name, shape and whether it is of floats, of each array of a .npy or .npz file; none of what cannot be read."""
    try:
        if file.suffix == ".npy":
            array = np.load(file, mmap_mode="r", allow_pickle=False)
            yield file.stem, array.shape, array.dtype.kind == "f"
        elif file.suffix == ".npz":
            with zipfile.ZipFile(file) as members:
                for name in members.namelist():
                    with members.open(name) as member:
                        version = np.lib.format.read_magic(member)
                        read = (
                            np.lib.format.read_array_header_1_0
                            if version == (1, 0)
                            else np.lib.format.read_array_header_2_0
                        )
                        shape, _, kind = read(member)
                    yield name.removesuffix(".npy"), shape, kind.kind == "f"
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return
