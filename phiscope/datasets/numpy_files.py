"""Arrays in .npz and .npy files, opened without running or allocating anything that a file asks for.

NumPy keeps Python objects as pickles, which run code when they are opened; these are refused by name, and the header of
an array is held against the bytes that follow it before memory is taken.
"""

from __future__ import annotations

import math
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.archives import require_once, require_plain
from phiscope.datasets.files import require_content
from phiscope.errors import DataError

_MAGIC = b"\x93NUMPY"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_PICKLED = "which could run code when opened and stays closed"


class _Header(NamedTuple):
    shape: tuple[int, ...]
    kind: np.dtype
    size: int  # bytes of the array


def keys(path: Path) -> list[str]:
    """The names of the arrays in an .npz file. Raises DataError naming it."""
    with _opened(path) as members:
        return list(members)


def array(path: Path, key: str) -> NDArray:
    """One of them, read whole. Raises DataError naming it."""
    with _opened(path) as members:
        archive, member = members[key]
        where = f"{path}: {key}"
        try:
            with archive.open(member) as file:
                _header(file, member.file_size, where)
            with archive.open(member) as file:
                return np.lib.format.read_array(file, allow_pickle=False)
        except MemoryError as error:
            raise DataError(f"{where}: holds {member.file_size:,} bytes, more than there is memory for") from error
        except _BROKEN as error:
            raise DataError(f"{where}: is not whole: damaged or cut off; get or save the file once more") from error


def mapped(path: Path) -> NDArray:
    """The array of an .npy file, mapped into memory. Raises DataError naming it."""
    head = require_content(path)
    if not head.startswith(_MAGIC):
        what = f"a pickle, {_PICKLED}" if head[:1] == b"\x80" else "not a whole .npy file"
        raise DataError(f"{path}: {what}; expected a plain array, saved with numpy.save")
    with open(path, "rb") as file:
        _header(file, os.path.getsize(path), str(path))
    return np.lib.format.open_memmap(path, mode="r")


@contextmanager
def _opened(path: Path) -> Iterator[dict[str, tuple[zipfile.ZipFile, zipfile.ZipInfo]]]:
    """The members of an archive by the names of their arrays."""
    head = require_content(path)
    if head.startswith(_MAGIC):
        raise DataError(f"{path}: is one array, as of .npy; expected several by name, saved with numpy.savez")
    if head[:1] == b"\x80":
        raise DataError(f"{path}: is a pickle, {_PICKLED}; save its arrays with numpy.savez")
    try:
        archive = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise DataError(
            f"{path}: not a whole .npz file of plain arrays; expected what numpy.savez writes: it is damaged or cut "
            "off, or something else"
        ) from error
    with archive:
        try:
            require_plain(archive, path.stat().st_size)
            named = [(each.filename.removesuffix(".npy"), each) for each in archive.infolist()]
            require_once(name for name, _ in named)
        except DataError as error:
            raise DataError(f"{path}: {error}") from error
        yield {name: (archive, each) for name, each in named}


def _header(file: IO[bytes], length: int, where: str) -> _Header:
    """What the header of an array says, held against the bytes that the file or member has, its header included."""
    try:
        version = np.lib.format.read_magic(file)
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, _, kind = read(file)
    except Exception as error:  # what a damaged header can raise has no end
        raise DataError(f"{where}: is no whole plain array: its header is damaged; save it once more") from error
    if kind.hasobject:
        raise DataError(
            f"{where}: holds Python objects, {_PICKLED}; save it as numbers or texts: `array.astype(float)` or "
            "`array.astype(str)`"
        )
    found = _Header(shape, kind, math.prod(shape) * kind.itemsize)
    if any(side < 0 for side in shape):
        raise DataError(f"{where}: is no whole plain array: its header gives the shape {shape}; save it once more")
    if found.size != length - file.tell():
        raise DataError(
            f"{where}: its header promises {found.size:,} bytes, {shape} of {kind}, and {length - file.tell():,} "
            "follow; it is damaged or cut off: save it once more"
        )
    return found
