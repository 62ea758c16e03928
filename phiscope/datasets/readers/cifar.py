"""The CIFAR-10 and CIFAR-100 batches as published, python (pickled) or binary, in a folder or a .tar.gz."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.archives import Unpacked, require_inside, require_once
from phiscope.datasets.files import require_content, require_file
from phiscope.datasets.limits import MOST_BATCH
from phiscope.datasets.pickled import pickled_arrays
from phiscope.datasets.rows import Rows
from phiscope.datasets.texts import listed, plain
from phiscope.datasets.visible import files_below, is_hidden
from phiscope.errors import DataError

Files = dict[str, Callable[[], bytes]]
Batch = tuple[NDArray, NDArray, list[str] | None]  # pixels, labels, and the names that the images once had as files
_PART = 2**20  # bytes
_PIXELS = 3 * 32 * 32
_KNOWN = {
    name + end
    for name in (*(f"data_batch_{k}" for k in range(1, 6)), "test_batch", "train", "test")
    for end in ("", ".bin")
} | {"batches.meta", "meta", "batches.meta.txt", "fine_label_names.txt"}
_TEN = {"train": [f"data_batch_{k}" for k in range(1, 6)], "test": ["test_batch"]}


def splits(path: Path) -> list[str]:
    files = _files(path)
    return [split for split, ten in _TEN.items() if {*ten[:1], f"{ten[0]}.bin", split, f"{split}.bin"} & set(files)]


def read(path: Path, split: str) -> Rows:
    """50,000 training or 10,000 test images (as many as the batches hold), 32x32 colour; fine labels of CIFAR-100."""
    if split not in _TEN:
        raise DataError(f"{path}: dataset.options.splits: CIFAR has train and test, no {split}; leave the option out")
    files = _files(path)
    ten = _TEN[split]
    where = str(path)
    if all(name in files for name in ten):
        parts = [_pickled(name, files[name](), b"labels") for name in ten]
        return _joined(where, parts, _names(files, "batches.meta", b"label_names", 10))
    if split in files:
        fine = [_pickled(split, files[split](), b"fine_labels")]
        return _joined(where, fine, _names(files, "meta", b"fine_label_names", 100))
    if all(f"{name}.bin" in files for name in ten):
        parts = [_binary(name, files[f"{name}.bin"](), 1) for name in ten]
        return _joined(where, parts, _lines(files, "batches.meta.txt", 10))
    if f"{split}.bin" in files:
        fine = [_binary(split, files[f"{split}.bin"](), 2)]
        return _joined(where, fine, _lines(files, "fine_label_names.txt", 100))
    raise DataError(f"{path}: expected {', '.join(ten)} (CIFAR-10) or {split} (CIFAR-100), as pickles or .bin")


@lru_cache(maxsize=1)  # asked for both splits
def _files(path: Path) -> Files:
    """The members of a folder or an archive that are those of CIFAR, by name, wherever in it they lie.

    Nothing is unpacked to disk. Raises DataError for a member that is no file, stands there twice or leads out.
    """
    if path.is_dir():
        below = [file for file in files_below(path) if file.name in _KNOWN]
        _named(path, [file.name for file in below], require_once)
        return {file.name: partial(_content, file) for file in below}
    require_content(path)
    try:
        with Unpacked(path) as unpacked, tarfile.open(fileobj=cast("IO[bytes]", unpacked), mode="r:") as archive:
            found: Files = {name: partial(bytes, content) for name, content in _members(path, archive)}
            while unpacked.read(_PART):  # the checksum stands at the end
                pass
            return found
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError, OverflowError, MemoryError) as error:
        said = str(error).partition("\n")[0]
        raise DataError(f"{path}: not a whole .tar.gz ({said}); fetch it again") from error


def _members(path: Path, archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    seen: list[str] = []
    for member in archive:
        name = PurePosixPath(member.name).name
        if name not in _KNOWN or _is_passed_over(member.name):
            continue
        _named(path, [member.name], require_inside)
        _named(path, seen := [*seen, name], require_once)
        if not member.isreg() or member.issparse():
            what = "a link" if member.islnk() or member.issym() else "no plain file"
            raise DataError(f"{path}: holds {member.name}, which is {what}; expected a file: fetch the archive again")
        if member.size > MOST_BATCH:
            raise DataError(f"{path}: {member.name} {_too_large(member.size)}")
        file = archive.extractfile(member)
        assert file is not None
        yield name, file.read()


def _named(path: Path, names: list[str], require: Callable[[Iterable[str]], None]) -> None:
    try:
        require(names)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _content(file: Path) -> bytes:
    require_file(file)
    if (size := file.stat().st_size) > MOST_BATCH:
        raise DataError(f"{file}: {_too_large(size)}")
    return file.read_bytes()


def _too_large(size: int) -> str:
    return f"unpacks to {size:,} bytes, more than the {MOST_BATCH:,} of any batch of CIFAR; fetch the data set again"


def _is_passed_over(member: str) -> bool:
    return any(is_hidden(part) for part in Path(member).parts if part != "..")


def _pickled(name: str, content: bytes, labels: bytes) -> Batch:
    entries = _entries(name, content)
    if b"data" not in entries or labels not in entries:
        held = ", ".join(sorted(map(str, entries)))
        raise DataError(f"{name}: holds {held}; expected data and {labels.decode()}")
    data, numbers = entries[b"data"], entries[labels]
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.ndim != 2 or data.shape[1] != _PIXELS:
        found = f"{data.shape} {data.dtype}" if isinstance(data, np.ndarray) else type(data).__name__
        raise DataError(f"{name}: data are {found}; expected (n, {_PIXELS}) uint8")
    if isinstance(numbers, np.ndarray) and numbers.dtype.kind in "iu" and numbers.ndim == 1:
        numbers = numbers.tolist()
    if not isinstance(numbers, list) or not all(type(each) is int and abs(each) < 2**53 for each in numbers):
        raise DataError(f"{name}: {labels.decode()} are not a list of whole numbers; fetch the data set again")
    if len(data) != len(numbers):
        raise DataError(f"{name}: holds {len(data)} images but {len(numbers)} labels; expected as many")
    named = entries.get(b"filenames", ())
    files = list(listed(named, f"{name}: filenames")) if named else []
    return data, np.array(numbers, np.int64), files if len(files) == len(numbers) else None


def _entries(name: str, content: bytes) -> dict[Any, Any]:
    try:
        entries = pickled_arrays(content)
    except ValueError as error:
        raise DataError(f"{name}: not a pickle of arrays ({error}); fetch the data set again") from error
    if not isinstance(entries, dict):
        raise DataError(f"{name}: holds a {type(entries).__name__}; expected a dict with data and labels")
    return {key.encode() if isinstance(key, str) else key: value for key, value in entries.items()}


def _binary(name: str, content: bytes, label_bytes: int) -> Batch:
    row = label_bytes + _PIXELS
    if not content or len(content) % row:
        raise DataError(
            f"{name}.bin: holds {len(content)} bytes; expected a multiple of {row}: fetch the data set again"
        )
    rows = np.frombuffer(content, np.uint8).reshape(-1, row)
    return rows[:, label_bytes:], rows[:, label_bytes - 1].astype(np.int64), None


def _joined(where: str, parts: list[Batch], classes: list[str]) -> Rows:
    data, labels = (np.concatenate([part[column] for part in parts]) for column in (0, 1))
    images = data.reshape(-1, 3, 32, 32)
    files = [file for _, _, names in parts for file in names or ()]
    columns = {"file": files} if len(files) == len(labels) else {}
    return Rows(where, labels, lambda: images, tuple(classes), columns=lambda: columns)


def _names(files: Files, name: str, key: bytes, count: int) -> list[str]:
    if name not in files:
        return [str(k) for k in range(count)]
    entries = _entries(name, files[name]())
    if key not in entries:
        raise DataError(f"{name}: has no {key.decode()}; expected the names of the classes: fetch the data set again")
    return list(listed(entries[key], f"{name}: {key.decode()}"))


def _lines(files: Files, name: str, count: int) -> list[str]:
    return plain(files[name]()).split() if name in files else [str(k) for k in range(count)]
