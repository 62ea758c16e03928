"""A table of file names and labels, as CSV: one file with a column of splits, or `<split>.csv` in a folder."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from phiscope.datasets.encoded import ImageFiles
from phiscope.datasets.files import ABSENT, require_content, trouble
from phiscope.datasets.limits import MOST_CELL, MOST_COLUMNS, MOST_ROWS, MOST_TABLE
from phiscope.datasets.rows import Rows
from phiscope.datasets.splits import UNLABELLED, WHOLE
from phiscope.datasets.texts import array_of
from phiscope.datasets.visible import entries
from phiscope.errors import DataError

SUFFIXES = (".csv", ".tsv")
_FILES = ("file", "file_name", "filename", "filepath", "file_path", "path", "image", "image_path", "img")
_LABELS = ("label", "labels", "class", "class_name", "target", "category")
_SPLITS = ("split", "set", "subset", "fold", "partition")
_DELIMITERS = (",", ";", "\t")
# Numbers that begin with a zero are names of something: 007 is no 7. More digits are more than an int64 holds.
_COUNT = re.compile(r"-?(0|[1-9]\d{0,17})")
_FRACTION = re.compile(r"[.eE]")  # whether a number is written as one that may have a fraction
_NUMBER = re.compile(r"-?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def splits(
    path: Path,
    *,
    file: str | None = None,
    label: str | None = None,
    split_column: str | None = None,
    folder: str | None = None,
) -> list[str]:
    """The values of the table's column of splits; in a folder, the names of the tables."""
    if path.is_dir():
        return [entry.stem for entry in entries(path) if entry.suffix.lower() in SUFFIXES]
    table = _Table(path)
    column = table.column(split_column, _SPLITS, "split_column")
    return list(dict.fromkeys(row[column] for row in table.rows)) if column is not None else [WHOLE]


def read(
    path: Path,
    split: str,
    *,
    file: str | None = None,
    label: str | None = None,
    split_column: str | None = None,
    folder: str | None = None,
) -> Rows:
    """The rows of a split, in the order of the table.

    file, label, split_column: names of the columns, where they are not usual ones; folder: where the images lie, if not
    beside the table, relative to it. Labels are whole numbers where all are, names otherwise.
    """
    table = _Table(_table_of(path, split))
    files, labels = table.required(file, _FILES, "file"), table.column(label, _LABELS, "label", needed=False)
    column = None if path.is_dir() else table.column(split_column, _SPLITS, "split_column")
    rows = [k for k, row in enumerate(table.rows) if split == WHOLE or column is None or row[column] == split]
    if not rows:
        raise DataError(f"{table.path}: no row is of the split {split!r}")
    root = table.path.parent / (folder or "")
    names = [table.rows[k][files] for k in rows]
    _require_files(table.path, rows, [root / name for name in names])
    further = [k for k in range(len(table.names)) if k not in (files, labels, column)]
    values, unlabelled = _labels(table, labels, rows, label or _LABELS[0])
    return Rows(
        str(table.path),
        values,
        ImageFiles(root, names),
        unlabelled=unlabelled,
        columns=lambda: {table.names[k]: _further([row[k] for row in table.rows], rows) for k in further},
    )


class _Table:
    """Rows of text below a line of names."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = _lines(path)
        self.names = [name.strip() for name in next(lines, [])]
        if not self.names:
            raise DataError(f"{path}: is empty; expected a line of names of columns, and a row for each image")
        if len(self.names) > MOST_COLUMNS:
            raise DataError(f"{path}: has {len(self.names):,} columns, more than the {MOST_COLUMNS:,} that are read")
        twice = [name for name, count in Counter(filter(None, self.names)).items() if count > 1]
        if twice:
            raise DataError(f"{path}: has the column {twice[0]!r} twice; expected every name once: rename one")
        self.rows: list[list[str]] = []
        for k, line in enumerate(lines):
            if len(line) != len(self.names):
                raise DataError(
                    f"{path}: row {k} has {len(line)} cells; expected {len(self.names)}, as many as the first line "
                    "names"
                )
            if k >= MOST_ROWS:
                raise DataError(f"{path}: has more rows than the {MOST_ROWS:,} that are read")
            self.rows.append([cell.strip() for cell in line])

    def column(self, wanted: str | None, usual: tuple[str, ...], option: str, *, needed: bool = True) -> int | None:
        """Where the column stands, None where there is none. Several usual names are refused: one of them is meant.

        needed: whether a name that is given must be there.
        """
        if wanted is not None:
            found = [k for k, name in enumerate(self.names) if name == wanted]
        else:
            found = [k for k, name in enumerate(self.names) if name.lower() in usual]
        if len(found) > 1:
            both = " and ".join(self.names[k] for k in found)
            raise self.unclear(f"{both} could both be meant", option)
        if wanted is not None and not found and needed:
            raise self.unclear(f"expected {wanted}", option)
        return found[0] if found else None

    def required(self, wanted: str | None, usual: tuple[str, ...], option: str) -> int:
        found = self.column(wanted, usual, option)
        if found is None:
            raise self.unclear(f"expected {usual[0]}", option)
        return found

    def unclear(self, what: str, option: str) -> DataError:
        columns = ", ".join(self.names)
        return DataError(f"{self.path}: has the columns {columns}; {what}: name it with dataset.options.{option}")


def _lines(path: Path) -> Iterator[list[str]]:
    """The lines of a table as cells, without blank ones. Raises DataError, naming the line where one can be."""
    require_content(path)
    if (size := path.stat().st_size) > MOST_TABLE:
        raise DataError(f"{path}: has {size:,} bytes, more than the {MOST_TABLE:,} that are read of a table")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: not a table as text ({error}); expected CSV in UTF-8") from error
    if (place := text.find("\0")) >= 0:
        raise DataError(f"{path}: holds a NUL in line {text.count(chr(10), 0, place) + 1}; expected CSV in UTF-8")
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=first.count), strict=True)
    begun = 1
    try:
        for line in reader:
            begun = reader.line_num + 1
            if any(map(str.strip, line)) or len(line) > 1:
                yield line
    except csv.Error as error:
        what = f"a cell of more than {MOST_CELL:,} characters" if "limit" in str(error) else f"no CSV: {error}"
        raise DataError(f"{path}: line {begun} begins {what}; is a quote never closed there?") from error


def _require_files(table: Path, rows: list[int], files: list[Path]) -> None:
    """Raise DataError for the first that cannot be opened, and say how many are not there."""
    troubled = {k: said for k, file in enumerate(files) if not _is_file(file) and (said := trouble(file))}
    if not troubled:
        return
    k, first = next(iter(troubled.items()))
    if first != ABSENT:
        raise DataError(f"{table}: row {rows[k]} names {files[k]}, which {first}")
    raise DataError(
        f"{table}: row {rows[k]} names {files[k]}, which is not there ({len(troubled)} of {len(rows)} rows are so); "
        "say where the images lie with dataset.options.folder"
    )


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:  # a name that is too long, a folder that is closed
        return False


def _table_of(path: Path, split: str) -> Path:
    if path.is_file():
        return path
    for suffix in SUFFIXES:
        if (path / f"{split}{suffix}").is_file():
            return path / f"{split}{suffix}"
    raise DataError(f"{path}: there is no {split}.csv in it; expected a table of file names and labels")


def _labels(
    table: _Table, column: int | None, rows: list[int], name: str
) -> tuple[np.ndarray, tuple[np.ndarray, DataError] | None]:
    """Labels of these rows, and which have none; whether they are numbers is a matter of the whole table. name: the
    column that was looked for."""
    if column is None:
        error = table.unclear(f"expected {name} ({UNLABELLED})", "label")
        return np.full(len(rows), -1), (np.ones(len(rows), np.bool_), error)
    cells = [row[column] for row in table.rows]
    written = [cell for cell in cells if cell]
    if all(map(_COUNT.fullmatch, written)):
        values = np.array([int(cells[row] or -1) for row in rows])
    elif all(map(_NUMBER.fullmatch, written)) and any(map(_FRACTION.search, written)):
        values = np.array([float(cells[row] or -1) for row in rows])
    else:
        values = array_of([cells[row] for row in rows], str(table.path))
    empty = np.array([not cells[row] for row in rows])
    if not empty.any():
        return values, None
    first, count = rows[int(empty.argmax())], int(empty.sum())
    counted = f"{count} of {len(rows)} rows are so"
    return values, (empty, DataError(f"{table.path}: row {first} has no label ({counted}); expected one each"))


def _further(cells: list[str], rows: list[int]) -> list[Any]:
    """A column of these rows: numbers where all in the table are, texts otherwise; None for empty cells."""
    written = [cell for cell in cells if cell]
    kind = int if all(map(_COUNT.fullmatch, written)) else float if all(map(_NUMBER.fullmatch, written)) else str
    return [kind(cells[row]) if cells[row] else None for row in rows]
