"""The CIFAR-10 and CIFAR-100 batches as published, python (pickled) or binary, in a folder or a .tar.gz."""

from __future__ import annotations

import importlib
import io
import pickle
import tarfile
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.rows import Rows
from phiscope.datasets.visible import files_below, is_hidden
from phiscope.errors import DataError

Files = dict[str, Callable[[], bytes]]
Batch = tuple[NDArray, NDArray, list[str] | None]  # pixels, labels, and the names that the images once had as files
_PIXELS = 3 * 32 * 32
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
    """The members of a folder or an archive, by name, wherever in it they lie."""
    if path.is_dir():
        return {file.name: file.read_bytes for file in files_below(path)}
    try:
        with tarfile.open(path) as archive:
            members = (
                (m.name, archive.extractfile(m))
                for m in archive.getmembers()
                if m.isfile() and not _is_passed_over(m.name)
            )
            content = {Path(name).name: file.read() for name, file in members if file is not None}
    except (tarfile.TarError, OSError, EOFError) as error:
        raise DataError(f"{path}: not a whole .tar.gz ({error}); fetch it again") from error
    return {name: partial(bytes, data) for name, data in content.items()}


def _is_passed_over(member: str) -> bool:
    return any(is_hidden(part) for part in Path(member).parts)


class _ArraysOnly(pickle.Unpickler):
    """Opens pickles of arrays, bytes, lists and dicts; anything that could run code is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith(("numpy.core.multiarray", "numpy._core.multiarray")) and name == "_reconstruct":
            return importlib.import_module("numpy._core.multiarray")._reconstruct
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        if (module, name) == ("_codecs", "encode"):
            import codecs

            return codecs.encode
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _unpickled(name: str, content: bytes) -> dict:
    try:
        entries = _ArraysOnly(io.BytesIO(content), encoding="bytes").load()
    except Exception as error:  # a damaged pickle can fail in any way
        raise DataError(f"{name}: not a pickle of arrays ({error}); fetch the data set again") from error
    if not isinstance(entries, dict):
        raise DataError(f"{name}: holds a {type(entries).__name__}; expected a dict with data and labels")
    return {key.encode() if isinstance(key, str) else key: value for key, value in entries.items()}


def _pickled(name: str, content: bytes, labels: bytes) -> Batch:
    entries = _unpickled(name, content)
    if b"data" not in entries or labels not in entries:
        raise DataError(f"{name}: holds {sorted(entries)}; expected data and {labels.decode()}")
    data, numbers = np.asarray(entries[b"data"]), np.asarray(entries[labels], dtype=np.int64)
    if data.dtype != np.uint8 or data.ndim != 2 or data.shape[1] != _PIXELS or len(data) != len(numbers):
        raise DataError(
            f"{name}: data {data.shape} {data.dtype}, {len(numbers)} labels; expected (n, {_PIXELS}) uint8, n"
        )
    files = [each.decode() if isinstance(each, bytes) else str(each) for each in entries.get(b"filenames", ())]
    return data, numbers, files if len(files) == len(numbers) else None


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
    return [entry.decode() if isinstance(entry, bytes) else entry for entry in _unpickled(name, files[name]())[key]]


def _lines(files: Files, name: str, count: int) -> list[str]:
    return files[name]().decode().split() if name in files else [str(k) for k in range(count)]
