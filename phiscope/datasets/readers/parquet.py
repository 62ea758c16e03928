"""Parquet in the Hugging Face image layout: a struct {bytes, path} per image, and an integer label."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from phiscope.datasets.decode import decode_all
from phiscope.datasets.images import ImageDataset
from phiscope.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

_IMAGES, _LABELS = ("image", "img"), ("label", "fine_label", "labels")


def read(
    path: Path, split: str, *, image: str | None = None, label: str | None = None, classes: list[str] | None = None
) -> ImageDataset:
    """The rows of `<split>.parquet`, `<split>-*.parquet` or `<split>/*.parquet`, in the order of the file names.

    image, label: names of the columns, where they are not the usual ones; classes: names of the classes, where
    the file does not carry them.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = _files(path, split)
    try:
        table = pa.concat_tables([pq.read_table(file) for file in files])
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{files[0]}: not a whole Parquet file ({error}); fetch it again") from error
    image = _column(table, files[0], image, _IMAGES, "image")
    label = _column(table, files[0], label, _LABELS, "label")
    if not pa.types.is_struct(table[image].type) or table[image].type.get_field_index("bytes") < 0:
        raise DataError(f"{files[0]}: column {image!r} is {table[image].type}; expected a struct with `bytes`")
    if not pa.types.is_integer(table[label].type) or table[label].null_count:
        raise DataError(f"{files[0]}: column {label!r} is {table[label].type}; expected integers without nulls")
    encoded: list[bytes] = []
    for row, entry in enumerate(table[image].to_pylist()):
        if entry is None or entry["bytes"] is None:
            raise DataError(f"{files[0]}: row {row} has no image bytes; expected images inside the file")
        encoded.append(entry["bytes"])
    images = decode_all(encoded, [f"{files[0]}, row {row}" for row in range(len(encoded))])
    labels = table[label].to_numpy().astype(np.int64)
    names = classes or _class_names(table, label) or [str(k) for k in range(int(labels.max()) + 1)]
    return ImageDataset(images, labels, tuple(names))


def _files(path: Path, split: str) -> list[Path]:
    if path.is_file():
        return [path]
    files = [path / f"{split}.parquet"] if (path / f"{split}.parquet").is_file() else []
    files = files or sorted(path.glob(f"{split}-*.parquet")) or sorted((path / split).glob("*.parquet"))
    if not files:
        raise DataError(f"{path}: there is no {split}.parquet, {split}-*.parquet or {split}/*.parquet in it")
    return files


def _column(table: pa.Table, file: Path, wanted: str | None, usual: tuple[str, ...], option: str) -> str:
    for name in (wanted,) if wanted else usual:
        if name in table.column_names:
            return name
    raise DataError(
        f"{file}: has the columns {', '.join(table.column_names)}; expected {wanted or ' or '.join(usual)}: name it "
        f"with dataset.options.{option}"
    )


def _class_names(table: pa.Table, label: str) -> list[str] | None:
    metadata = (table.schema.metadata or {}).get(b"huggingface")
    features = json.loads(metadata)["info"]["features"] if metadata else {}
    return features.get(label, {}).get("names")
