"""Data sets from files: `load(spec) -> ImageDataset` (one size, labelled), `load_collection -> ImageCollection`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from phiscope.datasets.fetch import PerFile, located
from phiscope.datasets.images import ImageCollection, ImageDataset
from phiscope.datasets.order import stratified_order
from phiscope.datasets.prepared import ImagesBySample, PreparedDataset, open_prepared, origin_of, save
from phiscope.datasets.readers import reader as _reader
from phiscope.errors import DataError

__all__ = [
    "ImageCollection",
    "ImageDataset",
    "ImagesBySample",
    "PreparedDataset",
    "load",
    "load_collection",
    "open_prepared",
    "origin_of",
    "save",
    "stratified_order",
]


def load(
    name_or_path: str,
    split: str,
    *,
    reader: str | None = None,
    checksum: PerFile = None,
    url: PerFile = None,
    limit: int | None = None,
    seed: int = 0,
    **options: Any,
) -> ImageDataset:
    """One split (`train` or `test`) of a bundled data set (`digits`) or of files.

    reader: digits, idx, cifar, parquet, folder, npz; guessed from the path where it is None. checksum
    (`sha256:<hex>`) and url: for the path, or one per file name in it. limit: the first so many of
    `stratified_order(labels, seed)`, so that a larger limit contains a smaller one. options go to the reader.
    Raises DataError, naming the file and what was expected, for anything that is not what it says.
    """
    if split not in ("train", "test"):
        raise DataError(f"split {split!r}: expected train or test")
    if name_or_path == "digits" and reader in (None, "digits"):
        path, reader = Path("digits"), "digits"
    else:
        path = located(name_or_path, checksum, url)
    try:
        dataset = _reader(reader or _guess(path))(path, split, **options)
    except TypeError as error:
        raise DataError(f"dataset.options {options}: the reader does not take them ({error})") from error
    except DataError as error:
        # Checks of the finished arrays know no file; say which one they speak of.
        raise error if str(path) in str(error) else DataError(f"{path}, {split}: {error}") from error
    return dataset if limit is None else dataset.take(stratified_order(dataset.labels, seed)[:limit])


def load_collection(path: str, *, checksum: PerFile = None, url: PerFile = None) -> ImageCollection:
    """Every image file below a folder (or one file), of any size, in the order of the paths."""
    from phiscope.datasets.decode import decode
    from phiscope.datasets.readers.folder import SUFFIXES

    root = located(path, checksum, url)
    files = [root] if root.is_file() else sorted(f for f in root.rglob("*") if f.suffix.lower() in SUFFIXES)
    if not files:
        raise DataError(f"{root}: holds no images; expected files like .png or .jpg in it")
    names = [str(file.relative_to(root)) if root.is_dir() else file.name for file in files]
    return ImageCollection(tuple(decode(file, str(file)) for file in files), tuple(names))


def _guess(path: Path) -> str:
    names = [path.name] if path.is_file() else [entry.name for entry in path.iterdir()]
    signs = {"parquet": (".parquet",), "npz": (".npz",), "idx": ("-ubyte", "-ubyte.gz"), "cifar": (".tar.gz", ".bin")}
    formats = [kind for kind, endings in signs.items() if any(name.endswith(endings) for name in names)]
    if "test_batch" in names and not formats:
        formats = ["cifar"]
    if not formats and path.is_dir() and {"train", "test"} <= set(names):
        formats = ["folder"]
    if len(formats) != 1:
        raise DataError(f"{path}: cannot tell its format; give dataset.reader (idx, cifar, parquet, folder or npz)")
    return formats[0]
