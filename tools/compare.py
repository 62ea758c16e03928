"""Compare all tables of two runs value by value: what a change of code alone must not alter.

    python -m tools compare results/before results/after
    python -m tools compare-commits OLD NEW          # runs the small configurations at both, then compares

A column is equal where its hash is, over rows in the order of the columns that tell them apart; floating-point values
count bit by bit, NaN equals NaN. Columns of time are left out. What is expected to differ is said on the command line:
`--renamed TABLE.OLD=NEW` for a column, `--values TABLE.COLUMN` for one whose values may.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

TIMES = ("seconds", "wall_seconds")  # of columns that no two runs share
FOLDERS = ("tables", "statistics", "features", "latent")
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMBA")}
SMALL_MNIST = "run: mnist-small\ndataset: {limit: {train: 2000, test: 500}}\n"
# Name of the results -> configuration files; `small` stands for the file with SMALL_MNIST.
CONFIGURATIONS = {
    "tiny": ("presets/tiny.yaml",),
    "digits": (),
    "mnist-small": ("presets/mnist.yaml", "small"),
}


@dataclass(frozen=True)
class Difference:
    """What differs: of a column the largest absolute difference where it holds numbers, else None."""

    table: str
    what: str
    largest: float | None = None

    def __str__(self) -> str:
        by = "" if self.largest is None else f", by {self.largest:.3g} at most"
        return f"{self.table}: {self.what}{by}"


def compare(
    old: Path, new: Path, *, renamed: Mapping[str, str] | None = None, values: Collection[str] = ()
) -> Iterator[Difference]:
    """Every difference between the tables of two results folders.

    renamed: `table.column` of the old one -> the column's name in the new one; values: `table.column` of the new one
    whose values may differ.
    """
    renamed = renamed or {}
    files = {folder: _tables_of(folder) for folder in (old, new)}
    for name in sorted(files[old] | files[new]):
        if name not in files[new] or name not in files[old]:
            yield Difference(name, f"only in {(old if name in files[old] else new)}")
            continue
        before, after = (pd.read_parquet(folder / name) for folder in (old, new))
        table = Path(name).stem
        before = before.rename(columns={c: renamed.get(f"{table}.{c}", c) for c in before})
        allowed = {value.partition(".")[2] for value in values if value.partition(".")[0] == table}
        yield from _of_frames(name, before, after, allowed)


def _tables_of(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder)) for part in FOLDERS for path in (folder / part).rglob("*.parquet")
    }  # fmt: skip


def _of_frames(name: str, before: pd.DataFrame, after: pd.DataFrame, allowed: Collection[str]) -> Iterator[Difference]:
    for column in sorted(set(before) ^ set(after)):
        yield Difference(name, f"column {column} only {'before' if column in before else 'after'}")
    if len(before) != len(after):
        yield Difference(name, f"{len(before)} rows before, {len(after)} after")
        return
    shared = [column for column in before if column in after and column not in TIMES]
    before, after = (_in_order(frame[shared], allowed) for frame in (before, after))
    for column in shared:
        if column not in allowed and column_hash(before[column]) != column_hash(after[column]):
            yield Difference(name, f"column {column}", _largest(before[column], after[column]))


def _in_order(frame: pd.DataFrame, allowed: Collection[str]) -> pd.DataFrame:
    """Rows sorted by what tells them apart: all columns of text and of whole numbers."""
    keys = [
        column
        for column in frame
        if column not in allowed and (pd.api.types.is_string_dtype(frame[column]) or _is_whole(frame[column]))
    ]
    plain = [key for key in keys if not _holds_lists(frame[key])]
    return frame.sort_values(plain, kind="stable", ignore_index=True) if plain else frame


def _is_whole(column: pd.Series) -> bool:
    return pd.api.types.is_integer_dtype(column) or pd.api.types.is_bool_dtype(column)


def _holds_lists(column: pd.Series) -> bool:
    return len(column) > 0 and isinstance(column.iloc[0], (list, np.ndarray))


def column_hash(column: pd.Series) -> str:
    """Of the values in their order, bit by bit; every NaN counts alike."""
    digest = hashlib.sha256()
    for value in column.tolist():
        digest.update(_bytes(value))
    return digest.hexdigest()


def _bytes(value: object) -> bytes:
    if isinstance(value, (list, tuple, np.ndarray)):
        return b"[" + b",".join(_bytes(inner) for inner in np.asarray(value).ravel().tolist()) + b"]"
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return b"nan"
    return repr(value).encode()


def _largest(before: pd.Series, after: pd.Series) -> float | None:
    """The largest absolute difference of two columns of numbers, or of lists of equal lengths."""
    try:
        a, b = (np.asarray(np.concatenate([np.atleast_1d(v) for v in c]), float) for c in (before, after))
        return float(np.nanmax(np.abs(a - b)))
    except (TypeError, ValueError):
        return None


def run_at(commit: str, folder: Path, names: Collection[str] = tuple(CONFIGURATIONS)) -> Path:
    """Check a commit out into a folder and run the configurations there, with one thread; returns its results."""
    here = subprocess.run(["git", "rev-parse", "--show-toplevel"], capture_output=True, text=True, check=True)
    subprocess.run(["git", "clone", "--quiet", here.stdout.strip(), str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "checkout", "--quiet", commit], check=True)
    (folder / "small.yaml").write_text(SMALL_MNIST)
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(folder)}
    for name in names:
        files = [str(folder / ("small.yaml" if file == "small" else file)) for file in CONFIGURATIONS[name]]
        command = [sys.executable, "-m", "snakemake", "--cores", "1", *(["--configfile", *files] if files else [])]
        subprocess.run(command, cwd=folder, env=environment, check=True)
    return folder / "results"


def compare_commits(old: str, new: str, names: Collection[str], **expected) -> list[Difference]:
    """Run the configurations at both commits and compare what they leave."""
    with TemporaryDirectory() as scratch:
        results = [run_at(commit, Path(scratch) / side, names) for side, commit in (("old", old), ("new", new))]
        return [d for name in names for d in compare(results[0] / name, results[1] / name, **expected)]
