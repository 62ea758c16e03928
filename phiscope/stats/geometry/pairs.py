"""Which classes are neighbours: margins by the class of the sample and the class across the boundary."""

from __future__ import annotations

import numpy as np
import pandas as pd


def class_pairs(margins: pd.DataFrame) -> pd.DataFrame:
    """A row for each predicted class and other class that samples have a margin to.

    margins: predicted, other_class, rank and margin of the table, of one view and split. Columns: class, other_class;
    n, how many samples have that margin; closest, for how many it is the least; median_margin and least_margin.
    Where a run keeps the margins to the k closest classes of each sample, a pair has the samples that keep it.
    """
    known = margins[np.isfinite(margins["margin"])]
    pairs = known.assign(first=known["rank"] == 1).groupby(["predicted", "other_class"], as_index=False)
    pairs = pairs.agg(
        n=("margin", "size"),
        closest=("first", "sum"),
        median_margin=("margin", "median"),
        least_margin=("margin", "min"),
    )
    return pairs.rename(columns={"predicted": "class"})
