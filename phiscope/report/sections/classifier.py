"""How good the classifier is, how it was trained, and which test images it was shown in training."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from phiscope.exhibits.run import Run

TITLE = "How good is the classifier?"
NUMBERS = ("accuracy",)
NEEDS = ("duplicates",)
OPTIONAL = ()

_SHOWN = 10  # numbers of samples


@dataclass(frozen=True)
class Duplicates:
    """Test images that are training images as well: how many exactly and nearly, how many of these have another label
    there, and pairs of numbers (test, training), the first of them."""

    exact: int
    near: int
    other_label: int
    pairs: list[tuple[int, int]]

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Duplicates:
        pairs = list(zip(rows["sample"].astype(int), rows["train_sample"].astype(int)))
        differ = int(((rows["label"] >= 0) & (rows["train_label"] >= 0) & (rows["label"] != rows["train_label"])).sum())
        exact = int((rows["kind"] == "exact").sum())
        return cls(exact, len(rows) - exact, differ, pairs[:_SHOWN])


def data(run: Run) -> Duplicates:
    return Duplicates.of(run["duplicates"])
