"""Data sets from files: `load(spec) -> ImageDataset` (one size, labelled), `load_collection -> ImageCollection`.

`prepare` writes a split as the workflow keeps it, `open_prepared` opens that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from phiscope.datasets.fetch import PerFile, located
from phiscope.datasets.images import ImageCollection, ImageDataset
from phiscope.datasets.loading import open_split, open_whole
from phiscope.datasets.order import stratified_order
from phiscope.datasets.prepared import ImagesBySample, PreparedDataset, open_prepared, origin_of, save
from phiscope.datasets.preparing import Specification, image_files, naming, prepare, prepare_other
from phiscope.errors import DataError

__all__ = [
    "ImageCollection",
    "ImageDataset",
    "ImagesBySample",
    "PreparedDataset",
    "Specification",
    "load",
    "load_collection",
    "open_prepared",
    "origin_of",
    "prepare",
    "prepare_other",
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
    path, reader = Specification(name_or_path, reader, checksum, url).found
    with naming(path, split):
        opened = open_whole(path, reader, options, say) if alone else open_split(path, split, reader, options, say)
        dataset = opened.decoded(say)
    return dataset if limit is None else dataset.take(stratified_order(dataset.labels, seed)[:limit])


def load_collection(path: str, *, checksum: PerFile = None, url: PerFile = None) -> ImageCollection:
    """Every image file below a folder (or one file), of any size, in the order of the paths."""
    from phiscope.datasets.decode import decode

    files = image_files(located(path, checksum, url))
    images = [decode(file, str(file)) for _, file in files.read(range(len(files)))]
    return ImageCollection(tuple(images), tuple(files.names))
