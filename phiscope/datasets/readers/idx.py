"""IDX files, gzipped or not: MNIST, Fashion-MNIST, EMNIST."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.images import ImageDataset
from phiscope.errors import DataError

_PREFIXES = {"train": ("train",), "test": ("t10k", "test")}


def read(
    path: Path, split: str, *, prefix: str = "", transpose: bool = False, classes: list[str] | None = None
) -> ImageDataset:
    """The images and labels of a folder with the usual four names.

    prefix: what stands before `train` and `test` in the names (`emnist-letters-`); transpose: EMNIST keeps its
    images lying; classes: names in place of the numbers.
    """
    image_file, label_file = (_find(path, split, prefix, kind) for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"))
    images, labels = _array(image_file, 3), _array(label_file, 1).astype(np.int64)
    if len(images) != len(labels):
        raise DataError(
            f"{image_file} holds {len(images)} images but {label_file.name} {len(labels)} labels; expected as many"
        )
    names = classes or [str(k) for k in range(int(labels.max()) + 1)]
    images = images.transpose(0, 2, 1) if transpose else images
    return ImageDataset(images[:, None], labels, tuple(names))


def _find(folder: Path, split: str, prefix: str, kind: str) -> Path:
    names = [
        f"{prefix}{start}-{form}{suffix}"
        for start in _PREFIXES[split]
        for form in (kind, kind.replace("-idx", ".idx"))
        for suffix in ("", ".gz")
    ]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise DataError(f"{folder}: there is no {prefix}{_PREFIXES[split][0]}-{kind} or .gz of it; expected the IDX files")


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
