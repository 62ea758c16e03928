"""Parquet in the Hugging Face image layout: a struct {bytes, path} per image, and a label, a number or a name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.rows import Rows
from phiscope.datasets.splits import WHOLE
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

    image, label: names of the columns, where they are not the usual ones.
    """
    import pyarrow as pa

    files = _files(path, split)
    schema = _schema(files[0])
    image = _column(schema.names, files[0], image, _IMAGES, "image")
    label = _column(schema.names, files[0], label, _LABELS, "label")
    if not pa.types.is_struct(schema.field(image).type) or schema.field(image).type.get_field_index("bytes") < 0:
        raise DataError(f"{files[0]}: column {image!r} is {schema.field(image).type}; expected a struct with `bytes`")
    labels = _labels(_table(files, label), files[0], label)

    def images() -> list[bytes | None]:
        return [None if entry is None else entry["bytes"] for entry in _table(files, image)[image].to_pylist()]

    names = [f"{files[0]}, row {row}" for row in range(len(labels))]
    return Rows(str(files[0]), labels, images, lambda: _first(files[0], image), _class_names(schema, label), names)


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
        raise _broken(file, error) from error


def _table(files: list[Path], column: str) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pa.concat_tables([pq.read_table(file, columns=[column]) for file in files])
    except (pa.ArrowInvalid, OSError) as error:
        raise _broken(files[0], error) from error


def _first(file: Path, column: str) -> Any:
    import pyarrow.parquet as pq

    entry = next(pq.ParquetFile(file).iter_batches(1, columns=[column])).to_pylist()[0][column]
    return None if entry is None else entry["bytes"]


def _broken(file: Path, error: Exception) -> DataError:
    return DataError(f"{file}: not a whole Parquet file ({error}); fetch it again")


def _labels(table: pa.Table, file: Path, label: str) -> NDArray:
    """Whole numbers or names; a dictionary column is read by its values, in whatever order they stand."""
    import pyarrow as pa

    column = table[label]
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if (
        not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind) or is_text)
        or column.null_count
    ):
        raise DataError(f"{file}: column {label!r} is {kind}; expected integers or names, without nulls")
    return np.array(column.to_pylist()) if is_text or pa.types.is_boolean(kind) else column.to_numpy()


def _column(columns: list[str], file: Path, wanted: str | None, usual: tuple[str, ...], option: str) -> str:
    for name in (wanted,) if wanted else usual:
        if name in columns:
            return name
    raise DataError(
        f"{file}: has the columns {', '.join(columns)}; expected {wanted or ' or '.join(usual)}: name it "
        f"with dataset.options.{option}"
    )


def _class_names(schema: pa.Schema, label: str) -> tuple[str, ...] | None:
    metadata = (schema.metadata or {}).get(b"huggingface")
    try:
        names = json.loads(metadata)["info"]["features"][label]["names"] if metadata else None
    except (ValueError, KeyError, TypeError):  # metadata of another kind, or of a label that is a plain number
        return None
    return tuple(map(str, names)) if names else None
