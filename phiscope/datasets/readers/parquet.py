"""Parquet in the Hugging Face image layout: a struct {bytes, path} per image, and a label, a number or a name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.encoded import ParquetImages
from phiscope.datasets.readers.parquet_files import (
    class_names,
    columns_of,
    files_of,
    further,
    is_plain,
    labels_of,
    schema_of,
    splits_in,
)
from phiscope.datasets.rows import Rows
from phiscope.datasets.splits import UNLABELLED
from phiscope.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

_IMAGES, _LABELS = ("image", "img"), ("label", "fine_label", "labels")


def splits(path: Path, *, image: str | None = None, label: str | None = None) -> list[str]:
    """What the files are called before the number of their shard, or the folders that hold them."""
    return splits_in(path)


def read(path: Path, split: str, *, image: str | None = None, label: str | None = None) -> Rows:
    """The rows of `<split>.parquet`, `<split>-*.parquet` or `<split>/*.parquet`, in the order of the file names; these
    lie in the path or in `data/` below it.

    image, label: names of the columns, where they are not the usual ones. Rows without a label are unlabelled, and all
    where there is no such column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = files_of(path, split)
    if not files:
        raise DataError(f"{path}: there is no {split}.parquet, {split}-*.parquet or {split}/*.parquet in it")
    schema = schema_of(files)
    image = _column(schema.names, files[0], image, _IMAGES, "image")
    own = label or next((name for name in _LABELS if name in schema.names), None)
    fields = schema.field(image).type
    if not pa.types.is_struct(fields) or not _holds_bytes(fields):
        raise DataError(f"{files[0]}: column {image!r} is {fields}; expected a struct with `bytes`, which are binary")
    if own is not None and own in schema.names:
        labels, unlabelled = labels_of(files, own)
    else:
        error = _no_column(schema.names, files[0], label, _LABELS, f"label ({UNLABELLED})")
        labels = np.full(sum(pq.read_metadata(file).num_rows for file in files), -1)
        unlabelled = np.ones(len(labels), np.bool_), error
    named = fields.get_field_index("path") >= 0
    beside = [each.name for each in schema if each.name not in (image, own) and is_plain(each.type)]
    images = ParquetImages(files, image, *_places(files), _paths(files, image) if named else None)
    return Rows(
        str(files[0]),
        labels,
        images,
        class_names(schema, own),
        columns=lambda: further(files, beside),
        unlabelled=unlabelled,
    )


def _holds_bytes(fields: pa.DataType) -> bool:
    """Whether a struct has contents of files, and no texts, which could name files anywhere."""
    import pyarrow as pa

    index = fields.get_field_index("bytes")
    return index >= 0 and (pa.types.is_binary(fields[index].type) or pa.types.is_large_binary(fields[index].type))


def _places(files: list[Path]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Of every row its file, its group of rows there, and its number there."""
    import pyarrow.parquet as pq

    counts = []
    for file in files:
        metadata = pq.read_metadata(file)
        counts.append([metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)])
    return (
        np.repeat(np.arange(len(files)), [sum(groups) for groups in counts]),
        np.concatenate([np.repeat(np.arange(len(groups)), groups) for groups in counts]),
        np.concatenate([np.arange(sum(groups)) for groups in counts]),
    )


def _paths(files: list[Path], image: str) -> list[str | None] | None:
    """What the source calls the images; None where it calls none of them anything."""
    fields = [chunk.flatten()[0] for chunk in columns_of(files, [f"{image}.path"])[image].chunks]
    paths = [None if path is None else str(path) for chunk in fields for path in chunk.to_pylist()]
    return paths if any(paths) else None


def _column(columns: list[str], file: Path, wanted: str | None, usual: tuple[str, ...], option: str) -> str:
    for name in (wanted,) if wanted else usual:
        if name in columns:
            return name
    raise _no_column(columns, file, wanted, usual, option)


def _no_column(columns: list[str], file: Path, wanted: str | None, usual: tuple[str, ...], option: str) -> DataError:
    return DataError(
        f"{file}: has the columns {', '.join(columns)}; expected {wanted or ' or '.join(usual)}: name it "
        f"with dataset.options.{option}"
    )
