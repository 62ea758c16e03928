"""IDX files, gzipped or not: MNIST, Fashion-MNIST, EMNIST."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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
        if (folder / name).is_file():
            return folder / name
    raise DataError(f"{folder}: there is no {prefix}{starts[0]}-{kind} or .gz of it; expected the IDX files")


def _array(path: Path, dimensions: int) -> NDArray[np.uint8]:
    content = _content(path)
    expected = bytes([0, 0, 8, dimensions])  # two zeros, unsigned bytes, number of dimensions
    if content[:4] != expected:
        raise DataError(
            f"{path}: begins with {content[:4].hex()}, expected {expected.hex()}, an IDX file of unsigned bytes in "
            f"{dimensions} dimension{'s' if dimensions > 1 else ''}"
        )
    header = 4 + 4 * dimensions
    if len(content) < header:
        raise DataError(f"{path}: ends inside its header; expected {header} bytes at least: fetch the file again")
    shape = tuple(int(size) for size in np.frombuffer(content, ">u4", dimensions, offset=4))
    if len(content) - header != np.prod(shape):
        raise DataError(
            f"{path}: holds {len(content) - header} bytes of data, its header promises {np.prod(shape)}; the file is "
            "truncated or damaged: fetch it again"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def _content(path: Path) -> bytes:
    raw = path.read_bytes()
    if path.suffix != ".gz":
        return raw
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: not a whole gzip file ({error}); fetch it again") from error
