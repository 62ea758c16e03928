"""Files of Parquet as data sets have them: which belong to a split, their columns, labels and names of classes."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.archives import most_unpacked, too_much
from phiscope.datasets.encoded import reading_parquet
from phiscope.datasets.files import require_content
from phiscope.datasets.limits import MOST_ROWS
from phiscope.datasets.rows import Columns
from phiscope.datasets.splits import WHOLE
from phiscope.datasets.texts import array_of
from phiscope.datasets.visible import entries, folders
from phiscope.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa


_BUFFER = 2**20  # bytes, of a column that is looked at
_WIDTHS = {"BOOLEAN": 1, "INT32": 4, "INT64": 8, "INT96": 8, "FLOAT": 4, "DOUBLE": 8}  # bytes in memory


def is_parquet(file: Path) -> bool:
    return file.suffix == ".parquet"


def splits_in(path: Path) -> list[str]:
    """What the files are called before the number of their shard, or the folders that hold them."""
    if path.is_file():
        return [WHOLE]
    found = [re.sub(r"-\d+(-of-\d+)?$", "", file.stem) for folder in _roots(path) for file in _in(folder)]
    found += [each.name for folder in _roots(path) for each in folders(folder) if _in(each) and each.name != "data"]
    return list(dict.fromkeys(found))


def files_of(path: Path, split: str) -> list[Path]:
    """`<split>.parquet`, `<split>-*.parquet` or `<split>/*.parquet`, in the path or in `data/` below it; none of it."""
    if path.is_file():
        return [path]
    for root in _roots(path):
        whole = root / f"{split}.parquet"
        shards = [file for file in _in(root) if file.name.startswith(f"{split}-")]
        files = ([whole] if os.path.lexists(whole) else []) or shards or _in(root / split)
        if files:
            return files
    return []


def _roots(path: Path) -> list[Path]:
    return [path, path / "data"]


def _in(folder: Path) -> list[Path]:
    return [file for file in entries(folder) if is_parquet(file)]


def schema_of(files: Sequence[Path]) -> pa.Schema:
    """That of the first file; of every one it is known then that it is Parquet, of a size that can be read."""
    return [_schema(file) for file in files][0]  # noqa: RUF015 - of all


def _schema(file: Path) -> pa.Schema:
    import pyarrow.parquet as pq

    require_content(file)
    with reading_parquet(file):
        schema, metadata = pq.read_schema(file), pq.read_metadata(file)
        rows = metadata.num_rows
        groups = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        if min(groups, default=0) < 0 or sum(groups) != rows:
            raise ValueError(f"{sum(groups):,} rows in its groups, {rows:,} in all")
    twice = [name for name, count in Counter(schema.names).items() if count > 1]
    if twice:
        raise DataError(f"{file}: has the column {twice[0]!r} twice; expected every name once: rename one")
    if rows > MOST_ROWS:
        raise DataError(f"{file}: has {rows:,} rows, more than the {MOST_ROWS:,} that are read")
    with reading_parquet(file):
        _require_size(metadata, file)
    return schema


def _require_size(metadata: Any, file: Path) -> None:
    """Raise DataError where a file unpacks to far more than it has, or its lists do: numbers that are all the same are
    kept as one of them and how often it stands there. What is no list has as many values as rows.

    A group's lists are read once, one row of them, before it is asked how long they are: of damaged statistics pyarrow
    raises an error then, and ends the process otherwise.
    """
    import pyarrow.parquet as pq

    leaves = [metadata.schema.column(k) for k in range(metadata.num_columns)]
    widths = {k: _WIDTHS.get(each.physical_type, 0) for k, each in enumerate(leaves) if each.max_repetition_level}
    tops = sorted({leaves[k].path.partition(".")[0] for k, width in widths.items() if width})
    groups = range(metadata.num_row_groups)
    sizes = [sum(metadata.row_group(group).total_byte_size for group in groups)]
    if tops:
        with pq.ParquetFile(file, buffer_size=_BUFFER) as opened:
            for group in groups:
                next(opened.iter_batches(1, row_groups=[group], columns=tops), None)
        for k, width in widths.items():
            if width:
                sizes.append(width * sum(metadata.row_group(group).column(k).num_values for group in groups))
    packed = file.stat().st_size
    if max(sizes) > most_unpacked(packed):
        raise DataError(f"{file}: a column {too_much(max(sizes), packed)}")


def _require_unpacked(table: pa.Table, file: Path) -> None:
    """Raise DataError where texts of which the file has one take far more room in all the rows that have it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    packed = file.stat().st_size
    for column in table.columns:
        if not pa.types.is_dictionary(column.type) or pa.types.is_primitive(column.type.value_type):
            continue
        for chunk in column.chunks:
            if len(chunk):
                lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
                size = pc.sum(lengths.take(chunk.indices)).as_py() or 0
                if size > most_unpacked(packed):
                    raise DataError(f"{file}: a column {too_much(size, packed)}")


def columns_of(files: Sequence[Path], columns: Sequence[str]) -> pa.Table:
    """These columns of all files; they are read as they are, whatever the folders around them are called."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = []
    for file in files:
        with reading_parquet(file):
            # Texts as the file keeps them, each once: a single long one can stand in every row of a small file.
            leaves = pq.read_metadata(file).schema
            texts = [each.path for each in map(leaves.column, range(len(leaves))) if each.physical_type == "BYTE_ARRAY"]
            opened = pq.ParquetFile(
                file, read_dictionary=[each for each in texts if each in columns and "." not in each]
            )
            tables.append(opened.read(list(columns)).replace_schema_metadata(None))
            _require_unpacked(tables[-1], file)
    with reading_parquet(files[0]):
        return pa.concat_tables(tables)


def is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def is_plain(kind: pa.DataType) -> bool:
    """Whether a column has one number, date or text a row: what can stand beside a sample in a table."""
    import pyarrow as pa

    return pa.types.is_primitive(kind) or is_text(kind) or pa.types.is_dictionary(kind)


def further(files: Sequence[Path], names: Sequence[str]) -> Columns:
    """What else the source says of each row: columns that are plain."""
    import pyarrow as pa

    table = columns_of(files, names)
    kinds = [each.type.value_type if pa.types.is_dictionary(each.type) else each.type for each in table.schema]
    return {name: table[name].cast(kind) for name, kind in zip(names, kinds)}


def labels_of(files: Sequence[Path], label: str) -> tuple[NDArray, tuple[NDArray[np.bool_], DataError] | None]:
    """Whole numbers or names; a dictionary column is read by its values, in whatever order they stand. And which rows
    have none."""
    import pyarrow as pa

    file, column = files[0], columns_of(files, [label])[label]
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind, as_text = column.type, is_text(column.type)
    error = DataError(f"{file}: column {label!r} is {kind}; expected integers or names, without nulls")
    if pa.types.is_null(kind):
        return np.full(len(column), -1), (np.ones(len(column), np.bool_), error)
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind) or as_text):
        raise error
    unlabelled = (np.asarray(column.is_null()), error) if column.null_count else None
    if column.null_count:
        column = column.fill_null("" if as_text else False if pa.types.is_boolean(kind) else 0)
    if as_text:
        return array_of(column.to_pylist(), str(file)), unlabelled
    return np.array(column.to_pylist()) if pa.types.is_boolean(kind) else column.to_numpy(), unlabelled


def class_names(schema: pa.Schema, label: str | None) -> tuple[str, ...] | None:
    """As the data sets of Hugging Face keep them in the schema."""
    metadata = (schema.metadata or {}).get(b"huggingface")
    try:
        names = json.loads(metadata)["info"]["features"][label]["names"] if metadata else None
    except (ValueError, KeyError, TypeError, RecursionError):  # of another kind, or of a label that is a plain number
        return None
    return tuple(map(str, names)) if isinstance(names, list) and names else None
