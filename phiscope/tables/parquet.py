"""Parquet files as this project reads and writes them: checksums of pages, and the stamp of the job that writes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from phiscope.errors import ResultError
from phiscope.files import replacing, stamped

_OPTIONS = {"compression": "zstd", "write_page_checksum": True}


def read_table(path: str | Path, columns: list[str] | None = None) -> pa.Table:
    """As `pyarrow.parquet.read_table`, which imports pyarrow's data sets and with them pandas."""
    with opened(path) as file:
        table = file.read(columns)
    return table if columns is None else table.select(columns)


@contextlib.contextmanager
def opened(path: str | Path, *, buffer: int = 0) -> Iterator[pq.ParquetFile]:
    """A file to read from; raises ResultError where it is damaged or cannot be read, whenever that is seen.

    buffer: bytes of a column that are read at a time; 0 for what a row group has of it.
    """
    try:
        with pq.ParquetFile(path, buffer_size=buffer, page_checksum_verification=True) as file:
            yield file
    except (OSError, pa.ArrowInvalid) as error:
        if isinstance(error, FileNotFoundError):
            raise
        if isinstance(error, OSError) and error.errno:  # pyarrow gives none to what it finds in a file
            raise ResultError(f"{path} cannot be read: {error.strerror}") from error
        raise ResultError(
            f"{path} is damaged ({error}); `phiscope run` with the configuration of its run makes it anew"
        ) from error


def write_table(table: pa.Table, path: str | Path) -> None:
    with replacing(path) as temporary:
        pq.write_table(table.replace_schema_metadata(_with_stamp(table.schema)), temporary, **_OPTIONS)


@contextlib.contextmanager
def writing(schema: pa.Schema, path: str | Path) -> Iterator[pq.ParquetWriter]:
    """Takes the tables of one file, one after another; the file is there when the body ends well."""
    with (
        replacing(path) as temporary,
        pq.ParquetWriter(temporary, schema.with_metadata(_with_stamp(schema)), **_OPTIONS) as writer,
    ):
        yield writer


def _with_stamp(schema: pa.Schema) -> dict[bytes, bytes]:
    return (schema.metadata or {}) | {key.encode(): value.encode() for key, value in stamped().items()}
