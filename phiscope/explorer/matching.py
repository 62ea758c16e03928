"""Which samples two runs have in common.

Samples are matched by their images: those whose 8-bit pixels are equal. Vectors alone differ between networks; they are
matched by their numbers, where both runs have the same labels, and file names if there are any.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope import tables
from phiscope.arrays import blocks, eight_bit, unit_range
from phiscope.datasets import PreparedDataset, open_prepared
from phiscope.errors import DataError
from phiscope.stats.geometry.standing import at_zero

_AT_A_TIME = 512  # images


@dataclass(frozen=True)
class ComparedRun:
    """name: as people call it; rows: one per test sample as it is, with `file`, `hull_distance` and `confidence`."""

    name: str
    rows: pd.DataFrame
    images: PreparedDataset

    @classmethod
    def read(cls, folder: Path) -> ComparedRun:
        """Of a finished run's folder. Raises DataError naming a file that is not there."""
        files = {name: folder / path for name, path in _FILES.items()}
        missing = [path for path in files.values() if not path.is_file()]
        if missing:
            raise DataError(f"{missing[0]} is not there; `phiscope run` makes it, where the run has test samples")
        located = tables.LocatedSamples(files["features"]).judged("sample", "label", "predicted", "margin")
        hulls = tables.read(files["hulls"], ["view", "space", "sample", "distance", "position"])
        listed = tables.read(files["samples"], ["dataset", "split", "sample", "file"])
        named = listed[listed["dataset"].isna() & (listed["split"] == "test")][["sample", "file"]]
        rows = with_distances(located.merge(named, on="sample", how="left"), hulls)
        return cls(folder.name, rows.sort_values("sample", ignore_index=True), open_prepared(files["images"]))


def with_distances(rows: pd.DataFrame, hulls: pd.DataFrame) -> pd.DataFrame:
    """Rows of samples as they are with `hull_distance` in feature space, 0 where one touches the hull."""
    own = at_zero(hulls[(hulls["view"] == "original") & (hulls["space"] == "feature")])
    distances = own[["sample", "distance"]].rename(columns={"distance": "hull_distance"})
    return rows.merge(distances, on="sample", how="left")


_FILES = {
    "features": "features/original/test.parquet",
    "hulls": "tables/hulls.parquet",
    "samples": "tables/samples.parquet",
    "images": "data/test.safetensors",
}


def matched(first: ComparedRun, second: ComparedRun) -> tuple[NDArray[np.int64], str]:
    """(pairs, 2) places in the rows of both, and what they were matched by, in words."""
    if first.images.holds_images and second.images.holds_images:
        return _same(*(_numbered(_contents(run)) for run in (first, second))), "their images, pixel for pixel"
    return _same(*(_named(run.rows) for run in (first, second))), "their numbers, labels and file names"


def _named(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(zip(rows["sample"], rows["label"], rows["file"].fillna("")))


def _same(first: Sequence[object], second: Sequence[object]) -> NDArray[np.int64]:
    place = {key: k for k, key in enumerate(second)}
    pairs = [(k, place[key]) for k, key in enumerate(first) if key in place]
    return np.array(pairs, np.int64).reshape(-1, 2)


def _contents(run: ComparedRun) -> list[bytes]:
    """Of each row, a hash of the shape and the 8-bit pixels of its image."""
    row_of = dict(zip(run.rows["sample"].tolist(), range(len(run.rows))))
    hashes = [b""] * len(run.rows)
    for part in blocks(len(run.images), _AT_A_TIME):
        numbers = run.images.samples[part].tolist()
        if not any(number in row_of for number in numbers):
            continue
        levels = np.rint(255 * eight_bit(unit_range(run.images.images(part)))).astype(np.uint8)
        for number, image in zip(numbers, levels):
            if number in row_of:
                hashes[row_of[number]] = hashlib.blake2b(str(image.shape).encode() + image.tobytes()).digest()
    return hashes


def _numbered(hashes: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Equal images of one run are told apart by their order."""
    seen: dict[bytes, int] = {}
    keys = []
    for each in hashes:
        keys.append((each, seen.get(each, 0)))
        seen[each] = seen.get(each, 0) + 1
    return keys
