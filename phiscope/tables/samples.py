"""The table of a run's samples: what the source calls each, and what else it says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from phiscope.datasets import PreparedDataset
from phiscope.tables import write
from phiscope.tables.schemas import SCHEMAS

_ROWS = ""
_SOURCE = "source_"  # before names of columns of the source that the table has itself


class Listed(NamedTuple):
    """The first `limit` samples of a prepared split; dataset: the name of another data set, None for the run's own."""

    dataset: str | None
    split: str
    prepared: PreparedDataset
    limit: int | None


def list_samples(parts: Sequence[Listed], path: str | Path, provenance: Mapping[str, Any]) -> None:
    """Write the table `samples`, sorted by data set, split and sample.

    Columns of the source come last. One that a part does not have is null there; where parts have different kinds of
    values under one name, all become text.
    """
    columns: dict[str, list[Any]] = {name: [] for name in SCHEMAS["samples"].names}
    tables = []
    for part in sorted(parts, key=lambda part: (part.dataset or "", part.split)):
        used = slice(0, part.limit)
        order = np.argsort(part.prepared.samples[used])
        for name, values in _columns(part, used).items():
            columns[name] += [values[row] for row in order.tolist()]
        tables.append(part.prepared.columns[used].take(pa.array(order)))
    write(columns, "samples", path, provenance, _joined(tables))


def _columns(part: Listed, used: slice) -> dict[str, list[Any]]:
    prepared = part.prepared
    labels = [label if label >= 0 else None for label in prepared.labels[used].tolist()]
    return {
        "dataset": [part.dataset] * len(labels),
        "split": [part.split] * len(labels),
        "sample": prepared.samples[used].tolist(),
        "place": list(range(len(labels))),
        "label": labels,
        "class": [None if label is None else prepared.classes[label] for label in labels],
        "file": prepared.files[used],
    }


def _joined(tables: Sequence[pa.Table]) -> pa.Table:
    """One below the other; `file` is a column of the table itself."""
    kinds: dict[str, set[pa.DataType]] = {}
    for table in tables:
        for field in table.schema:
            kinds.setdefault(field.name, set()).add(field.type)
    mixed = {name for name, found in kinds.items() if len(found) > 1}
    joined = pa.concat_tables([_named(table, mixed) for table in tables], promote_options="default")
    return joined.drop_columns([_ROWS])


def _named(table: pa.Table, mixed: set[str]) -> pa.Table:
    taken = set(SCHEMAS["samples"].names)
    columns = {
        (f"{_SOURCE}{name}" if name in taken else name): column.cast(pa.string()) if name in mixed else column
        for name, column in zip(table.column_names, table.columns)
        if name != "file"
    }
    # A table without columns would have no rows either, and those of others would not stand beside theirs.
    return pa.table(columns | {_ROWS: pa.nulls(len(table))})
