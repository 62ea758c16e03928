"""Which test samples stand in the training set as well."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from phiscope.exhibits.run import Run

TITLE = "Are test samples in the training set already?"
NUMBERS = ()
NEEDS = ("duplicates",)
OPTIONAL = ()

_SHOWN = 10  # numbers of samples
_KINDS = ("exact", "near", "apart")


@dataclass(frozen=True)
class Duplicates:
    """Test samples that are training samples as well. counts: of each kind in features, (exact, near, apart) in
    pixels; other_label: how many have another label there; pairs: numbers (test, training) of the first of them."""

    counts: dict[str, tuple[int, ...]]
    exact: int
    near: int
    in_features: int
    other_label: int
    pairs: list[tuple[int, int]]

    @property
    def count(self) -> int:
        return self.exact + self.near + self.in_features

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Duplicates:
        ordered = rows.sort_values(["pixel_rms", "feature_distance"], kind="stable")
        pairs = list(zip(ordered["sample"].astype(int), ordered["train_sample"].astype(int)))
        differ = int(((rows["label"] >= 0) & (rows["train_label"] >= 0) & (rows["label"] != rows["train_label"])).sum())
        table = {
            like: tuple(int(((rows["feature_kind"] == like) & (rows["kind"] == kind)).sum()) for kind in _KINDS)
            for like in _KINDS
        }
        exact, near, apart = (int((rows["kind"] == kind).sum()) for kind in _KINDS)
        return cls(table, exact, near, apart, differ, pairs[:_SHOWN])


def data(run: Run) -> Duplicates:
    return Duplicates.of(run["duplicates"])
