"""Data sets from files: `load(spec) -> ImageDataset` (one size, labelled), `load_collection -> ImageCollection`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from phiscope.datasets.fetch import PerFile, located
from phiscope.datasets.images import ImageCollection, ImageDataset
from phiscope.datasets.loading import read_split, read_whole
from phiscope.datasets.order import stratified_order
from phiscope.datasets.prepared import ImagesBySample, PreparedDataset, open_prepared, origin_of, save
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
    alone: bool = False,
    say: Callable[[str], None] = print,
    **options: Any,
) -> ImageDataset:
    """One split (`train` or `test`) of a bundled data set (`digits`) or of files.

    reader: digits, idx, cifar, parquet, folder, npz, csv or `package.module:function`; guessed from the path where it
    is None. checksum (`sha256:<hex>`) and url: for the path, or one per file name in it. limit: the first so many of
    `stratified_order(labels, seed)`, so that a larger limit contains a smaller one. alone: the images are wanted
    without a training split beside them, so that classes are those of this split, and images that stand in no split
    are all taken. options: those of `phiscope.datasets.options`, the others go to the reader.

    Both splits' labels are read, so that classes are one list for both; images of the other split are not, but for the
    first one. say: is told, in one line each, what was chosen without being asked for. Raises DataError, naming the
    file and what was expected, for anything that is not what it says.
    """
    if split not in ("train", "test"):
        raise DataError(f"split {split!r}: expected train or test")
    path = Path("digits") if name_or_path == "digits" and reader in (None, "digits") else None
    reader = "digits" if path is not None else reader
    path = path or located(name_or_path, checksum, url)
    try:
        dataset = read_whole(path, reader, options, say) if alone else read_split(path, split, reader, options, say)
    except DataError as error:
        # Checks of the finished arrays know no file; say which one they speak of.
        raise error if str(path) in str(error) else DataError(f"{path}, {split}: {error}") from error
    return dataset if limit is None else dataset.take(stratified_order(dataset.labels, seed)[:limit])


def load_collection(path: str, *, checksum: PerFile = None, url: PerFile = None) -> ImageCollection:
    """Every image file below a folder (or one file), of any size, in the order of the paths."""
    from phiscope.datasets.decode import decode, is_image
    from phiscope.datasets.visible import files_below

    root = located(path, checksum, url)
    files = [root] if root.is_file() else [file for file in files_below(root) if is_image(file)]
    if not files:
        raise DataError(f"{root}: holds no images; expected files like .png or .jpg in it")
    names = [str(file.relative_to(root)) if root.is_dir() else file.name for file in files]
    return ImageCollection(tuple(decode(file, str(file)) for file in files), tuple(names))
