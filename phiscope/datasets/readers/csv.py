"""A table of file names and labels, as CSV: one file with a column of splits, or `<split>.csv` in a folder."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np

from phiscope.datasets.encoded import ImageFiles
from phiscope.datasets.rows import Rows
from phiscope.datasets.splits import UNLABELLED, WHOLE
from phiscope.datasets.visible import entries
from phiscope.errors import DataError

SUFFIXES = (".csv", ".tsv")
_FILES = ("file", "file_name", "filename", "filepath", "file_path", "path", "image", "image_path", "img")
_LABELS = ("label", "labels", "class", "class_name", "target", "category")
_SPLITS = ("split", "set", "subset", "fold", "partition")
_DELIMITERS = (",", ";", "\t")
# Numbers that begin with a zero are names of something: 007 is no 7. More digits are more than an int64 holds.
_COUNT = re.compile(r"-?(0|[1-9]\d{0,17})")
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
    absent = [(k, root / name) for k, name in zip(rows, names) if not (root / name).is_file()]
    if absent:
        raise DataError(
            f"{table.path}: row {absent[0][0]} names {absent[0][1]}, which is not there ({len(absent)} of {len(rows)} "
            "rows are so); say where the images lie with dataset.options.folder"
        )
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
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{path}: not a table as text ({error}); expected CSV in UTF-8") from error
        first = text.partition("\n")[0]
        delimiter = max(_DELIMITERS, key=first.count)
        lines = [line for line in csv.reader(text.splitlines(), delimiter=delimiter) if line]
        self.names = [name.strip() for name in lines[0]] if lines else []
        self.rows = [[cell.strip() for cell in line] for line in lines[1:]]
        uneven = [k for k, row in enumerate(self.rows) if len(row) != len(self.names)]
        if uneven:
            raise DataError(
                f"{path}: row {uneven[0]} has {len(self.rows[uneven[0]])} cells; expected {len(self.names)}, as many "
                "as the first line names"
            )

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
    are_numbers = all(_COUNT.fullmatch(cell) for cell in cells if cell)
    values = np.array([int(cells[row] or -1) if are_numbers else cells[row] for row in rows])
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
