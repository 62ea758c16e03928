"""Arrays that are larger than memory should be: mapped from their file as they are read, and written into it in pieces.

The files are safetensors, as others read them: the length of a header, the header in JSON, and the arrays one after
another. The kernel brings in the pages that are used and may take them back; nothing is copied.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.files.stamps import stamped
from phiscope.files.writing import replacing

_TYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F64": np.dtype("<f8"), "I64": np.dtype("<i8")}
_NAMES = {dtype: name for name, dtype in _TYPES.items()}
_ALIGNED = 8  # bytes: every array begins at a multiple
_ABOUT = "__metadata__"

Shapes = Mapping[str, tuple[Any, tuple[int, ...]]]


def mapped(path: str | Path) -> dict[str, NDArray]:
    """The arrays of a file of float32, float64 and int64 by name, read-only, none of them in memory yet."""
    with Path(path).open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    return {
        name: _array(path, entry, 8 + length, "r").view(np.ndarray) for name, entry in header.items() if name != _ABOUT
    }


@contextlib.contextmanager
def filling(shapes: Shapes, path: str | Path) -> Iterator[dict[str, NDArray]]:
    """Arrays by name, type and shape that lie in a file: what the body writes into them is its content.

    The file is there when the body ends well, with the stamp of the job, as `write_arrays` would have written it.
    """
    header, size = _header(shapes)
    entries = json.loads(header)
    with replacing(path) as temporary:
        with temporary.open("wb") as file:
            file.write(len(header).to_bytes(8, "little") + header)
            file.truncate(8 + len(header) + size)
        arrays = {name: _array(temporary, entries[name], 8 + len(header), "r+") for name in shapes}
        yield dict(arrays)
        for array in arrays.values():
            if isinstance(array, np.memmap):
                array.flush()


def _header(shapes: Shapes) -> tuple[bytes, int]:
    """The header of a file of such arrays, those of wider numbers first, and the bytes that follow it."""
    entries: dict[str, Any] = {_ABOUT: about} if (about := stamped()) else {}
    place = 0
    for name, (kind, shape) in sorted(shapes.items(), key=lambda item: (-np.dtype(item[1][0]).itemsize, item[0])):
        dtype = np.dtype(kind).newbyteorder("<")
        end = place + dtype.itemsize * int(np.prod(shape, dtype=np.int64))
        entries[name] = {"dtype": _NAMES[dtype], "shape": list(shape), "data_offsets": [place, end]}
        place = end
    text = json.dumps(entries, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % _ALIGNED), place


def _array(path: str | Path, entry: Mapping[str, Any], begin: int, mode: Any) -> NDArray:
    dtype, shape = _TYPES[entry["dtype"]], tuple(entry["shape"])
    if 0 in shape:  # nothing to map
        return np.empty(shape, dtype)
    begin += entry["data_offsets"][0]
    return np.memmap(path, dtype=dtype, mode=mode, offset=begin, shape=shape)
