"""Chunks of one table into one file, in the order of its keys, in little memory however long it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from phiscope.errors import DataError
from phiscope.tables.parquet import opened, read_table, write_table, writing
from phiscope.tables.schemas import SORT_KEYS

AT_ONCE = 2**28  # bytes of a table, uncompressed, that are in memory at a time
_BATCH = 2**16  # rows of a chunk


def merge(paths: Iterable[str | Path], path: str | Path) -> None:
    """Put the chunks of one table into one file, sorted by its keys; schema and provenance are those of the first.

    Samples of a chunk are not next to each other in that order. So a table that is larger than AT_ONCE is written
    in pieces of that size, and every piece takes its rows from all chunks, which are read once for each. What is in
    memory is a piece twice, and the keys of all rows.
    """
    parts = [Path(part) for part in paths]
    with opened(parts[0]) as file:
        schema = file.schema_arrow
    keys = SORT_KEYS[_name_of(schema)]
    rows, size = _extent(parts)
    pieces = math.ceil(size / AT_ONCE)
    if pieces <= 1:
        merged = pa.concat_tables([read_table(part) for part in parts])
        write_table(merged.sort_by([(key, "ascending") for key in keys]), path)
        return
    places, step = _places(parts, keys), math.ceil(rows / pieces)
    with writing(schema, path) as writer:
        for begin in range(0, rows, step):
            writer.write_table(_piece(parts, places, begin, begin + step))


def _extent(parts: Sequence[Path]) -> tuple[int, int]:
    """Rows and uncompressed bytes of all chunks, by their footers."""
    rows = size = 0
    for part in parts:
        with opened(part) as file:
            rows += file.metadata.num_rows
            size += sum(file.metadata.row_group(k).total_byte_size for k in range(file.metadata.num_row_groups))
    return rows, size


def _places(parts: Sequence[Path], keys: Sequence[str]) -> NDArray[np.int64]:
    """The place of every row, chunk by chunk, in the order of the keys; rows of equal keys stay as they come."""
    every = pa.concat_tables([read_table(part, list(keys)) for part in parts])
    order = every.append_column("row", pa.array(np.arange(len(every)))).sort_by(
        [(key, "ascending") for key in (*keys, "row")]
    )["row"]
    places = np.empty(len(every), np.int64)
    places[order.to_numpy()] = np.arange(len(every))
    return places


def _piece(parts: Sequence[Path], places: NDArray[np.int64], begin: int, end: int) -> pa.Table:
    """Rows whose places are from begin to before end, in their order."""
    found, order = [], []
    for batch, own in _batches(parts, places):
        inside = (own >= begin) & (own < end)
        if inside.any():
            found.append(batch.filter(pa.array(inside)))
            order.append(own[inside])
    return pa.Table.from_batches(found).take(np.argsort(np.concatenate(order)))


def _batches(parts: Sequence[Path], places: NDArray[np.int64]) -> Iterator[tuple[pa.RecordBatch, NDArray[np.int64]]]:
    done = 0
    for part in parts:
        with opened(part) as file:
            for batch in file.iter_batches(_BATCH):
                yield batch, places[done : done + len(batch)]
                done += len(batch)


def _name_of(schema: pa.Schema) -> str:
    """The table that a file's schema says it is a part of."""
    name = (schema.metadata or {}).get(b"phiscope.table", b"").decode()
    if name not in SORT_KEYS:
        raise DataError(f"a chunk says that it is of table {name!r}; expected one of {', '.join(SORT_KEYS)}")
    return name
