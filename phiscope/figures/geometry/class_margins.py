"""Which classes are neighbours: the median margin by the sample's class and the class across the boundary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.style import MUTED, blank, themed

CAPTION = (
    "Median distance in feature space from the test samples of one predicted class (row) to the boundary with another "
    "class (column); of training samples where there are no test samples. Grey: no flip point between the two."
)
CATEGORY = "Where samples stand"
ALT = "Heat map of median margins by predicted class and class across the boundary"
DENSE = False
WHEN = "always"

_WRITTEN = 20  # more classes than this leave no room for numbers in the cells


@themed
def draw(original_margins: pd.DataFrame, classes: Sequence[str]) -> Figure:
    """original_margins: predicted, other_class, margin, one row per pair or per solved problem; classes: their names.

    Cells hold the median; pairs without a flip point stay grey.
    """
    require(original_margins, "original_margins", "predicted", "other_class", "margin")
    median = original_margins.groupby(["predicted", "other_class"])["margin"].median().unstack()
    everything = range(len(classes))
    median = median.reindex(index=everything, columns=everything)
    written = len(classes) <= _WRITTEN
    figure = blank(height=6.2 if len(classes) > 4 else 3.6, width=7.0)
    ax = figure.subplots()
    ax.set_facecolor("#eceff2")
    sns.heatmap(
        median, ax=ax, cmap="viridis", annot=written, fmt=_format(median), square=True, linewidths=0.6,
        annot_kws={"fontsize": 8}, xticklabels=list(classes), yticklabels=list(classes),
        mask=~np.isfinite(median.to_numpy(float)), cbar_kws={"label": "median margin", "shrink": 0.7},
    )  # fmt: skip
    ax.set(xlabel="class across the boundary", ylabel="predicted class")
    ax.tick_params(length=0)
    ax.tick_params(axis="x", rotation=45 if max(map(len, map(str, classes))) > 3 else 0)
    ax.tick_params(axis="y", rotation=0)
    ax.spines[:].set_visible(False)
    ax.figure.axes[-1].tick_params(color=MUTED)
    return figure


def _format(median: pd.DataFrame) -> str:
    """One decimal where medians are above 1, two below, so that numbers in the cells line up."""
    return ".1f" if np.nanmedian(median.to_numpy(float)) >= 1 else ".2f"
