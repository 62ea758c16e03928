"""Compare the tables of two results folders value by value: what a change of code alone must not alter.

    python -m tools compare-results results/before results/after

Every Parquet file of a run is read, but for the chunks that tables are merged from. Two columns are equal where their
hashes are: floating-point values count bit by bit, NaN equals NaN, rows stand in the order of the table's keys where
the table has some (`phiscope.tables.schemas.SORT_KEYS`) and else in that of the file. Columns of time are left out.
What is meant to differ is said on the command line: `--renamed TABLE.OLD=NEW` for a column, `--values
TABLE.COLUMN:OLD=NEW` for a text that a column holds. TABLE is the name in the schema, else that of the file.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from phiscope.tables.schemas import SORT_KEYS

TIMES = ("seconds",)  # columns of time: no two runs share them
CHUNKS = "chunks"  # folder of what tables are merged from
REORDERED = "the same rows in another order"

Column = tuple[str, str]  # table, column


@dataclass(frozen=True)
class Difference:
    """What differs in one file; largest: the absolute difference of numbers, None where there is none to tell."""

    file: str
    what: str
    largest: float | None = None

    def __str__(self) -> str:
        by = "" if self.largest is None else f", by {self.largest:.3g} at most"
        return f"{self.file}: {self.what}{by}"


@dataclass(frozen=True)
class Expected:
    """What a change means to alter: names of columns and texts in them, old -> new; tables whose rows change places."""

    renamed: Mapping[Column, str] = field(default_factory=dict)
    values: Mapping[Column, Mapping[str, str]] = field(default_factory=dict)
    reordered: Collection[str] = ()

    def applied(self, table: str, frame: pd.DataFrame) -> pd.DataFrame:
        """An old table as it is meant to be now; its columns keep their order."""
        replaced = {name: self.values[table, name] for name in frame.columns if (table, name) in self.values}
        for name, texts in replaced.items():
            frame = frame.assign(**{name: frame[name].map(lambda text, texts=texts: texts.get(text, text))})
        return frame.rename(columns={name: self.renamed.get((table, name), name) for name in frame.columns})


def compare(old: Path, new: Path, expected: Expected | None = None) -> Iterator[Difference]:
    """Every difference between the tables of two results folders; raises FileNotFoundError where one holds none."""
    sides = {folder: _files_of(folder) for folder in (old, new)}
    for folder, files in sides.items():
        if not files:
            raise FileNotFoundError(f"{folder}: no Parquet table lies there; expected a folder results/<run>")
    for name in sorted(sides[old] | sides[new]):
        if name in sides[old] & sides[new]:
            yield from _of_file(name, old / name, new / name, expected or Expected())
        else:
            yield Difference(name, f"only the {'old' if name in sides[old] else 'new'} run has this file")


def _files_of(folder: Path) -> set[str]:
    files = (path.relative_to(folder) for path in folder.rglob("*.parquet"))
    return {str(file) for file in files if file.parts[0] != CHUNKS}


def table_of(path: Path) -> str:
    """The table that a file is one of: by its schema, else by its name."""
    about = pq.read_schema(path).metadata or {}
    return about.get(b"phiscope.table", b"").decode() or path.stem


def _of_file(name: str, old: Path, new: Path, expected: Expected) -> Iterator[Difference]:
    table = table_of(new)
    before = expected.applied(table, pq.read_table(old).to_pandas())
    differences = of_frames(name, before, pq.read_table(new).to_pandas(), SORT_KEYS.get(table, ()))
    yield from (one for one in differences if one.what != REORDERED or table not in expected.reordered)


def of_frames(name: str, before: pd.DataFrame, after: pd.DataFrame, keys: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Every difference between two frames, rows sorted by the keys that both have."""
    for column in sorted(set(before) ^ set(after)):
        yield Difference(name, f"only the {'old' if column in before else 'new'} table has the column {column}")
    if len(before) != len(after):
        yield Difference(name, f"{len(before)} rows before, {len(after)} after")
        return
    shared = [column for column in before if column in after and column not in TIMES]
    before, after = (_in_order(frame[shared], keys) for frame in (before, after))
    differing = [column for column in shared if column_hash(before[column]) != column_hash(after[column])]
    if differing and _rows(before) == _rows(after):
        yield Difference(name, REORDERED)
        return
    for column in differing:
        yield Difference(name, f"column {column}", largest(before[column], after[column]))


def _in_order(frame: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    by = [key for key in keys if key in frame]
    return frame.sort_values(by, kind="stable", ignore_index=True) if by else frame


def _rows(frame: pd.DataFrame) -> list[bytes]:
    return sorted(_bytes(row) for row in frame.itertuples(index=False, name=None))


def column_hash(column: pd.Series) -> str:
    """Of the values in their order, bit by bit; every missing value counts alike, whatever stands for it."""
    digest = hashlib.sha256()
    for value in column.tolist():
        digest.update(_bytes(value))
    return digest.hexdigest()


def _bytes(value: object) -> bytes:
    if isinstance(value, list | tuple | np.ndarray):
        return b"[" + b"".join(_bytes(inner) for inner in (value if isinstance(value, list) else list(value))) + b"]"
    if value is None or value is pd.NA or value != value:
        return b"missing;"
    return repr(value.item() if isinstance(value, np.generic) else value).encode() + b";"


def largest(before: pd.Series, after: pd.Series) -> float | None:
    """The largest absolute difference of two columns of numbers, or of lists of numbers of equal lengths."""
    try:
        a, b = (np.concatenate([np.ravel(np.asarray(value, float)) for value in side]) for side in (before, after))
        return float(np.nanmax(np.abs(a - b)))
    except (TypeError, ValueError):
        return None


def add_expected(parser: argparse.ArgumentParser) -> None:
    """The options that say what is meant to differ."""
    parser.add_argument("--renamed", nargs="+", default=[], metavar="TABLE.OLD=NEW", help="columns with a new name")
    parser.add_argument(
        "--values", nargs="+", default=[], metavar="TABLE.COLUMN:OLD=NEW", help="texts that columns hold, with new ones"
    )
    parser.add_argument("--reordered", nargs="+", default=[], metavar="TABLE", help="tables whose rows change places")


def expected_of(options: argparse.Namespace) -> Expected:
    """What the options of `add_expected` say."""
    renamed: dict[Column, str] = {}
    values: dict[Column, dict[str, str]] = {}
    for text in options.renamed:
        column, _, new = text.partition("=")
        table, _, name = column.partition(".")
        renamed[table, name] = new
    for text in options.values:
        column, _, texts = text.partition(":")
        table, _, name = column.partition(".")
        old, _, new = texts.partition("=")
        values.setdefault((table, name), {})[old] = new
    return Expected(renamed, values, frozenset(options.reordered))


def said(differences: list[Difference], names: str) -> int:
    """Print what differs, file by file; the exit code: 1 if anything does."""
    print(f"{names}: " + (f"{len(differences)} differences" if differences else "all tables are equal"))
    for difference in differences:
        print(f"  {difference}")
    return bool(differences)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools compare-results", description=__doc__.partition("\n")[0])
    parser.add_argument("old", type=Path, help="results/<run> as it was")
    parser.add_argument("new", type=Path, help="the same run, made anew")
    add_expected(parser)
    options = parser.parse_args(arguments)
    print(f"left out: columns of time ({', '.join(TIMES)}), the folder {CHUNKS}")
    differences = list(compare(options.old, options.new, expected_of(options)))
    return said(differences, f"{options.old}, {options.new}")
