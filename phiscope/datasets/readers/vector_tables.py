"""Vectors in Parquet: a column of lists, or a column of numbers a dimension; labels and logits beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.readers.parquet_files import class_names, columns_of, further, labels_of, schema_of
from phiscope.datasets.rows import Rows
from phiscope.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

VECTORS = ("features", "vectors", "embeddings", "x", "data")  # usual names of a column, or an array, of them
_LABELS = ("label", "labels", "target", "y")
_BESIDE = ("sample", "index", "id")  # numbers of samples, in tables with one column a dimension
_NO_FEATURES = ("split", "fold", "partition", "subset", "target", "y", "class")  # names of columns that are none


def read_table(
    files: Sequence[Path], features: str | Sequence[str] | None, label: str | None, logits: str | None
) -> Rows:
    """The rows of all files of a split; features, label and logits: names of columns, where they are not the usual.

    Of the columns nothing is read but these and the numbers of samples.
    """
    schema, file = schema_of(files), files[0]
    names = schema.names
    for name in [*([features] if isinstance(features, str) else features or []), label, logits]:
        if name is not None and name not in names:
            raise DataError(f"{file}: has no column {name!r}; expected one of {', '.join(names)}")
    label, logits = label or _label_in(schema), logits or _logits_in(schema)
    lists = [name for name in names if _is_list(schema.field(name).type)]
    features = features or next((name for name in lists if name.lower() in VECTORS), None)
    features = features or _numbers(schema, file, {label, logits})
    if not features:
        raise DataError(
            f"{file}: holds {', '.join(names)}; expected a column `features` of lists, or a column of numbers a "
            "dimension; name it with dataset.options.features"
        )
    vectors = _list_column(files, features) if isinstance(features, str) else _columns(files, features)
    scores = None if logits is None else _list_column(files, logits)
    labels, unlabelled = (None, None) if label is None else labels_of(files, label)
    numbers = [name for name in _BESIDE if name in names]
    return Rows.of_vectors(
        f"{file}: {features if isinstance(features, str) else f'{len(features)} columns'}",
        lambda: vectors,
        labels,
        unlabelled,
        missing=f"{file}: holds {', '.join(names)}; expected a column of labels; name it with dataset.options.label",
        logits=None if scores is None else lambda: scores,
        classes=class_names(schema, label),
        columns=lambda: further(files, numbers) if numbers else {},
    )


def kinds_in_table(file: Path, label: str | None, logits: str | None) -> set[str]:
    """Of vectors, labels and logits, what the columns of a file say that it has."""
    schema = schema_of([file])
    found = {"labels": label or _label_in(schema), "logits": logits or _logits_in(schema)}
    return {"vectors", *(kind for kind, name in found.items() if name in schema.names)}


def _label_in(schema: pa.Schema) -> str | None:
    return next((name for name in _LABELS if name in schema.names), None)


def _logits_in(schema: pa.Schema) -> str | None:
    return "logits" if "logits" in schema.names and _is_list(schema.field("logits").type) else None


def _numbers(schema: pa.Schema, file: Path, others: set[str | None]) -> list[str]:
    """The columns of numbers that are not known to be something else. Raises DataError for one that may be."""
    index = {name for name in (schema.pandas_metadata or {}).get("index_columns", []) if isinstance(name, str)}
    reserved = {*others, *_BESIDE, *index}
    found = [
        name
        for name in schema.names
        if name not in reserved and not name.startswith("__index_level_") and _is_number(schema.field(name).type)
    ]
    if doubtful := [name for name in found if name.lower() in (*_LABELS, *_NO_FEATURES)]:
        raise DataError(
            f"{file}: column {doubtful[0]!r} may be a label or a split; expected columns of features alone: list "
            "them in dataset.options.features, and name the labels with dataset.options.label"
        )
    return found


def _is_list(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return pa.types.is_fixed_size_list(kind) or pa.types.is_list(kind) or pa.types.is_large_list(kind)


def _is_number(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return pa.types.is_floating(kind) or pa.types.is_integer(kind)


def _list_column(files: Sequence[Path], name: str) -> NDArray:
    """(n, f) of a column of lists, all of one length."""
    import pyarrow.compute as pc

    file, column = files[0], columns_of(files, [name])[name].combine_chunks()
    if not _is_list(column.type) or not _is_number(column.type.value_type):
        raise DataError(f"{file}: column {name!r} is {column.type}; expected lists of numbers, all of one length")
    lengths = pc.unique(pc.list_value_length(column)).to_pylist()
    if len(lengths) != 1 or not lengths[0]:
        found = ", ".join(map(str, lengths))
        raise DataError(f"{file}: column {name!r} has lists of {found} numbers; expected one length for all")
    return column.flatten().to_numpy(zero_copy_only=False).reshape(-1, lengths[0])


def _columns(files: Sequence[Path], names: Sequence[str]) -> NDArray:
    file, table = files[0], columns_of(files, names)
    for name in names:
        if not _is_number(table.schema.field(name).type):
            raise DataError(f"{file}: column {name!r} is {table.schema.field(name).type}; expected numbers")
    return np.stack([table[name].to_numpy() for name in names], axis=1)
