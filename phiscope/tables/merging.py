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

AT_ONCE = 2**27  # bytes of a table, uncompressed, that are in memory at a time
_BATCH = 2**16  # rows of a chunk
_GROUP = 2**17  # rows that are encoded at a time


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
            writer.write_table(_piece(parts, places, begin, begin + step), row_group_size=_GROUP)
            pa.default_memory_pool().release_unused()


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
    order = np.lexsort([_ranked(parts, key) for key in reversed(keys)])
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    return places


def _ranked(parts: Sequence[Path], key: str) -> NDArray:
    """Numbers (rows,) in the order of the values of a key, no value last; texts take most of the memory as they are."""
    every = pa.chunked_array([chunk for part in parts for chunk in read_table(part, [key])[key].chunks])
    if not pa.types.is_string(every.type):
        return every.to_numpy()
    from pyarrow.compute import index_in, sort_indices  # deferred: only where a table is that large

    values = every.unique()
    values = values.take(sort_indices(values))
    return np.concatenate([index_in(chunk, values).to_numpy(zero_copy_only=False) for chunk in every.chunks]).astype(
        np.min_scalar_type(len(values))
    )


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
