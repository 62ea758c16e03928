"""IDX files, gzipped or not: MNIST, Fashion-MNIST, EMNIST."""

from __future__ import annotations

import math
import re
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.archives import Unpacked, most_unpacked, too_much
from phiscope.datasets.files import ABSENT, require_content, trouble
from phiscope.datasets.rows import Rows
from phiscope.datasets.visible import entries
from phiscope.errors import DataError

_OTHERS = {"test": "t10k"}  # what MNIST calls its test split
_FILE = re.compile(r"(?P<prefix>.*?)(?P<split>[a-z0-9]+)-images[-.]idx3-ubyte(\.gz)?")


def splits(path: Path, *, prefix: str = "", transpose: bool = False) -> list[str]:
    """What stands before `-images-idx3-ubyte` in the names of the files; t10k is test."""
    named = {other: split for split, other in _OTHERS.items()}
    own = _prefix(path, prefix)
    found = [match["split"] for match in _files(path) if match["prefix"] == own]
    return list(dict.fromkeys(named.get(split, split) for split in found))


def read(path: Path, split: str, *, prefix: str = "", transpose: bool = False) -> Rows:
    """The images and labels of a folder with the usual four names.

    prefix: what stands before `train` and `test` in the names (`emnist-letters-`), found where there is one only;
    transpose: EMNIST keeps its images lying.
    """
    own = _prefix(path, prefix)
    image_file, label_file = (_find(path, split, own, kind) for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"))
    labels = _array(label_file, 1).astype(np.int64)

    def images() -> NDArray:
        array = _array(image_file, 3)
        if len(array) != len(labels):
            raise DataError(
                f"{image_file} holds {len(array)} images but {label_file.name} {len(labels)} labels; expected as many"
            )
        return (array.transpose(0, 2, 1) if transpose else array)[:, None]

    return Rows(str(path), labels, images)


def _files(path: Path) -> list[re.Match[str]]:
    return [match for file in entries(path) if (match := _FILE.fullmatch(file.name))]


def _prefix(path: Path, wanted: str) -> str:
    """The prefix that is wanted or, for none, the only one that there is."""
    present = {match["prefix"] for match in _files(path)}
    return present.pop() if not wanted and len(present) == 1 else wanted


def _find(folder: Path, split: str, prefix: str, kind: str) -> Path:
    starts = [split] if split not in _OTHERS else [_OTHERS[split], split]
    names = [
        f"{prefix}{start}-{form}{suffix}"
        for start in starts
        for form in (kind, kind.replace("-idx", ".idx"))
        for suffix in ("", ".gz")
    ]
    for name in names:
        if said := trouble(folder / name):
            if said != ABSENT:
                raise DataError(f"{folder / name}: {said}")
            continue
        return folder / name
    raise DataError(f"{folder}: there is no {prefix}{starts[0]}-{kind} or .gz of it; expected the IDX files")


def _array(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """The array of a file. What its header promises is read, and one byte more: never all that comes out of a .gz."""
    require_content(path)
    expected = bytes([0, 0, 8, dimensions])  # two zeros, unsigned bytes, number of dimensions
    header = 4 + 4 * dimensions
    with Unpacked(path) as file:
        begin = _read(path, file, header)
        if begin[:4] != expected:
            raise DataError(
                f"{path}: begins with {begin[:4].hex()}, expected {expected.hex()}, an IDX file of unsigned bytes in "
                f"{dimensions} dimension{'s' if dimensions > 1 else ''}"
            )
        if len(begin) < header:
            raise DataError(f"{path}: ends inside its header; expected {header} bytes at least: fetch the file again")
        shape = tuple(int(size) for size in np.frombuffer(begin, ">u4", dimensions, offset=4))
        promised, packed = math.prod(shape), path.stat().st_size
        if path.suffix != ".gz" and promised != packed - header:
            raise _damaged(path, f"{packed - header} bytes of data", promised)
        if promised > most_unpacked(packed):
            raise DataError(f"{path}: {too_much(promised, packed)}")
        content = _read(path, file, promised + 1)
    if len(content) != promised:
        held = "more" if len(content) > promised else f"{len(content)} bytes of data"
        raise _damaged(path, held, promised)
    return np.frombuffer(content, np.uint8).reshape(shape)


def _damaged(path: Path, held: str, promised: int) -> DataError:
    return DataError(
        f"{path}: holds {held}, its header promises {promised}; the file is truncated or damaged: fetch it again"
    )


def _read(path: Path, file: Unpacked, count: int) -> bytes:
    """The next bytes, as many as there are."""
    try:
        return file.read(count)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: not a whole gzip file ({error}); fetch it again") from error
