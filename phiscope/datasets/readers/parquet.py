"""Parquet in the Hugging Face image layout: a struct {bytes, path} per image, and a label, a number or a name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.encoded import ParquetImages, broken_parquet
from phiscope.datasets.rows import Columns, Rows
from phiscope.datasets.splits import UNLABELLED, WHOLE
from phiscope.datasets.visible import entries, folders
from phiscope.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

_IMAGES, _LABELS = ("image", "img"), ("label", "fine_label", "labels")


def splits(path: Path, *, image: str | None = None, label: str | None = None) -> list[str]:
    """What the files are called before the number of their shard, or the folders that hold them."""
    if path.is_file():
        return [WHOLE]
    found = [_split_of(file) for folder in _roots(path) for file in _parquet(folder)]
    found += [
        each.name for folder in _roots(path) for each in folders(folder) if _parquet(each) and each.name != "data"
    ]
    return list(dict.fromkeys(found))


def read(path: Path, split: str, *, image: str | None = None, label: str | None = None) -> Rows:
    """The rows of `<split>.parquet`, `<split>-*.parquet` or `<split>/*.parquet`, in the order of the file names; these
    lie in the path or in `data/` below it.

    image, label: names of the columns, where they are not the usual ones. Rows without a label are unlabelled, and all
    where there is no such column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = _files(path, split)
    schema = _schema(files[0])
    image = _column(schema.names, files[0], image, _IMAGES, "image")
    own = label or next((name for name in _LABELS if name in schema.names), None)
    fields = schema.field(image).type
    if not pa.types.is_struct(fields) or fields.get_field_index("bytes") < 0:
        raise DataError(f"{files[0]}: column {image!r} is {fields}; expected a struct with `bytes`")
    if own is not None and own in schema.names:
        labels, unlabelled = _labels(_table(files, [own]), files[0], own)
    else:
        error = _no_column(schema.names, files[0], label, _LABELS, f"label ({UNLABELLED})")
        labels = np.full(sum(pq.read_metadata(file).num_rows for file in files), -1)
        unlabelled = np.ones(len(labels), np.bool_), error
    named = fields.get_field_index("path") >= 0
    further = [each.name for each in schema if each.name not in (image, own) and _is_plain(each.type)]
    images = ParquetImages(files, image, *_places(files), _paths(files, image) if named else None)
    return Rows(
        str(files[0]),
        labels,
        images,
        _class_names(schema, own),
        columns=lambda: _further(files, further),
        unlabelled=unlabelled,
    )


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
    fields = [chunk.flatten()[0] for chunk in _table(files, [f"{image}.path"])[image].chunks]
    paths = [None if path is None else str(path) for chunk in fields for path in chunk.to_pylist()]
    return paths if any(paths) else None


def _is_plain(kind: pa.DataType) -> bool:
    """Whether a column has one number, date or text a row: what can stand beside a sample in a table."""
    import pyarrow as pa

    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)
    return pa.types.is_primitive(kind) or is_text


def _further(files: list[Path], names: list[str]) -> Columns:
    import pyarrow as pa

    table = _table(files, names)
    kinds = [each.type.value_type if pa.types.is_dictionary(each.type) else each.type for each in table.schema]
    return {name: table[name].cast(kind) for name, kind in zip(names, kinds)}


def _roots(path: Path) -> list[Path]:
    return [path, path / "data"]


def _parquet(folder: Path) -> list[Path]:
    return [file for file in entries(folder) if file.suffix == ".parquet"]


def _split_of(file: Path) -> str:
    return re.sub(r"-\d+(-of-\d+)?$", "", file.stem)


def _files(path: Path, split: str) -> list[Path]:
    if path.is_file():
        return [path]
    for root in _roots(path):
        whole = root / f"{split}.parquet"
        shards = [file for file in _parquet(root) if file.name.startswith(f"{split}-")]
        files = ([whole] if whole.is_file() else []) or shards or _parquet(root / split)
        if files:
            return files
    raise DataError(f"{path}: there is no {split}.parquet, {split}-*.parquet or {split}/*.parquet in it")


def _schema(file: Path) -> pa.Schema:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_schema(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise broken_parquet(file, error) from error


def _table(files: list[Path], columns: list[str]) -> pa.Table:
    """These columns of all files; they are read as they are, whatever the folders around them are called."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        tables = [pq.ParquetFile(file).read(columns) for file in files]
        return pa.concat_tables([table.replace_schema_metadata(None) for table in tables])
    except (pa.ArrowInvalid, OSError) as error:
        raise broken_parquet(files[0], error) from error


def _labels(table: pa.Table, file: Path, label: str) -> tuple[NDArray, tuple[NDArray[np.bool_], DataError] | None]:
    """Whole numbers or names; a dictionary column is read by its values, in whatever order they stand. And which rows
    have none."""
    import pyarrow as pa

    column = table[label]
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    error = DataError(f"{file}: column {label!r} is {kind}; expected integers or names, without nulls")
    if pa.types.is_null(kind):
        return np.full(len(column), -1), (np.ones(len(column), np.bool_), error)
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind) or is_text):
        raise error
    unlabelled = (np.asarray(column.is_null()), error) if column.null_count else None
    if column.null_count:
        column = column.fill_null("" if is_text else False if pa.types.is_boolean(kind) else 0)
    values = np.array(column.to_pylist()) if is_text or pa.types.is_boolean(kind) else column.to_numpy()
    return values, unlabelled


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


def _class_names(schema: pa.Schema, label: str | None) -> tuple[str, ...] | None:
    metadata = (schema.metadata or {}).get(b"huggingface")
    try:
        names = json.loads(metadata)["info"]["features"][label]["names"] if metadata else None
    except (ValueError, KeyError, TypeError):  # metadata of another kind, or of a label that is a plain number
        return None
    return tuple(map(str, names)) if names else None
