"""Which classes are neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from phiscope.exhibits.run import Run

TITLE = "Which classes are neighbours?"
NUMBERS = ()
NEEDS = ("standing", "test_images", "class_pairs")
OPTIONAL = ("training_standing",)

MANY = 20  # of more classes the closest pairs are listed beside the figure
LISTED = 10
_LEAST = 0.01  # share of the samples that a pair of classes needs, so that its median means something


@dataclass(frozen=True)
class ClassPair:
    """Two classes with the closest boundary of so many samples of either, and their median margin."""

    classes: tuple[str, str]
    n: int
    share: float
    margin: float


@dataclass(frozen=True)
class Neighbours:
    """closest: the pair with the smallest median margin; frequent: that of the most samples; listed: (class, other
    class, samples, median margin) of the pairs with the smallest medians, where there are many classes."""

    closest: ClassPair
    frequent: ClassPair
    listed: Sequence[tuple[str, str, int, float]] = ()


def data(run: Run) -> Neighbours | None:
    standing = run["training_standing"] if run.single_split == "train" else run.original("standing")
    found = neighbours(standing, run.classes)
    many = found is not None and len(run.classes) > MANY
    return replace(found, listed=listed(run["class_pairs"], run.classes)) if found and many else found


def listed(pairs: pd.DataFrame, classes: Sequence[str]) -> list[tuple[str, str, int, float]]:
    """The closest pairs of the statistic; those of less than half as many samples as usual come after the others."""
    rare = pairs["n"] < pairs["n"].median() / 2
    ordered = pairs.assign(rare=rare).sort_values(["rare", "median_margin"], kind="stable").head(LISTED)
    return [
        (classes[int(one)], classes[int(other)], int(n), float(median))
        for one, other, n, median in zip(*(ordered[key] for key in ("class", "other_class", "n", "median_margin")))
    ]


def neighbours(standing: pd.DataFrame, classes: tuple[str, ...]) -> Neighbours | None:
    """From the rows of the original view; None where no sample has a boundary."""
    bounded = standing[standing["closest_class"] >= 0]
    if bounded.empty:
        return None
    ends = np.sort(bounded[["predicted", "closest_class"]].to_numpy(int), axis=1)
    of_pairs = bounded.assign(one=ends[:, 0], other=ends[:, 1]).groupby(["one", "other"])["margin"]
    pairs = of_pairs.agg(["size", "median"]).reset_index()
    pairs = pairs.sort_values(["size", "median"], ascending=[False, True], kind="stable", ignore_index=True)
    enough = pairs[pairs["size"] >= min(max(5, _LEAST * len(bounded)), pairs["size"].max())]

    def pair(row: pd.Series) -> ClassPair:
        names = classes[int(row["one"])], classes[int(row["other"])]
        return ClassPair(names, int(row["size"]), row["size"] / len(bounded), row["median"])

    return Neighbours(pair(enough.loc[enough["median"].idxmin()]), pair(pairs.iloc[0]))
