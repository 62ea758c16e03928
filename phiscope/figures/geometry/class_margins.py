"""Which classes are neighbours: the median margin by the sample's class and the class across the boundary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from phiscope.figures.checks import require
from phiscope.figures.geometry.class_order import ClassOrder, class_order
from phiscope.figures.style import INK, MUTED, blank, columns_for, themed, words_alone

CAPTION = (
    "Median distance in feature space from the test samples of one predicted class (row) to the boundary with another "
    "class (column); of training samples where there are no test samples. Of more than 20 classes, those that a tree "
    "of these distances (average linkage) joins stand beside each other; a group has the name of its central class. "
    "Of more than 250, a cell is the least of several pairs. Grey: no sample has a margin there."
)
CATEGORY = "Where samples stand"
ALT = "Heat map of median margins by predicted class and class across the boundary"
DENSE = False
STACKS = True
WHEN = "always"

_WRITTEN = 20  # more classes than this leave no room for numbers in the cells
_NAMED = 45  # and more than this none for their names
_CELLS = 250  # beside each other at most
_LONG = 16  # characters of a name
_DENSE = 0.5  # share of the cells that have a value where a white frame is seen
_NOWHERE = "#eceff2"


@themed
def draw(class_pairs: pd.DataFrame, classes: Sequence[str]) -> Figure:
    """class_pairs: class, other_class, median_margin; classes: their names. Pairs that are not there stay grey."""
    if "class" in class_pairs and class_pairs.empty:
        return words_alone("No sample has a boundary with another class.")
    require(class_pairs, "class_pairs", "class", "other_class", "median_margin")
    everything = range(len(classes))
    median = class_pairs.pivot(index="class", columns="other_class", values="median_margin")
    median = median.reindex(index=everything, columns=everything).astype(float)
    return _written(median, classes) if len(classes) <= _WRITTEN else _ordered(median.to_numpy(), classes)


def _written(median: pd.DataFrame, classes: Sequence[str]) -> Figure:
    wide = columns_for(2, 2) > 1
    figure = blank(height=(6.2 if wide else 5.4) if len(classes) > 4 else 3.6, width=7.0)
    ax = figure.subplots()
    ax.set_facecolor(_NOWHERE)
    sns.heatmap(
        median, ax=ax, cmap="viridis", annot=True, fmt=_format(median), square=True, linewidths=0.6,
        annot_kws={"fontsize": 8 if wide or len(classes) < 8 else 5 if len(classes) > 12 else 6.5},
        xticklabels=list(classes), yticklabels=list(classes),
        mask=~np.isfinite(median.to_numpy(float)), cbar_kws={"label": "median margin", **_bar()},
    )  # fmt: skip
    ax.set(xlabel="class across the boundary", ylabel="predicted class")
    ax.tick_params(length=0)
    slanted = 45 if wide or len(classes) <= 12 else 90
    ax.tick_params(axis="x", rotation=slanted if max(map(len, map(str, classes))) > 3 else 0)
    ax.tick_params(axis="y", rotation=0)
    ax.spines[:].set_visible(False)
    ax.figure.axes[-1].tick_params(color=MUTED)
    return figure


def _ordered(median: NDArray, classes: Sequence[str]) -> Figure:
    """As a picture: cells of many classes as shapes would make a file of megabytes."""
    tree = class_order(median)
    cells = _binned(median[np.ix_(tree.order, tree.order)])
    wide = columns_for(2, 2) > 1
    figure = blank(height=6.6 if wide else 4.6, width=7.2)
    ax = figure.subplots()
    ax.set_facecolor(_NOWHERE)
    drawn = ax.imshow(
        np.ma.masked_invalid(cells), cmap="viridis", interpolation="nearest", extent=(0, len(classes), len(classes), 0)
    )
    named = len(classes) <= (_NAMED if wide else _WRITTEN)
    ax.set(
        xlabel="class across the boundary" + ("" if named or not wide else ", in the order of the rows"),
        ylabel="predicted class" if named else f"{len(classes):,} predicted classes" + ", neighbours together" * wide,
    )
    if named:
        names = [_short(classes[k]) for k in tree.order]
        places = np.arange(len(classes)) + 0.5
        ax.set_xticks(places, names, rotation=90, fontsize=6.5)
        ax.set_yticks(places, names, fontsize=6.5)
    else:
        _name_groups(ax, tree, classes, "white" if np.isfinite(cells).mean() > _DENSE else INK, 30 if wide else 16)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    figure.colorbar(drawn, ax=ax, label="median margin", **_bar()).outline.set_visible(False)
    return figure


def _bar() -> dict[str, Any]:
    """Of colours: beside the cells, or below them on a narrow screen."""
    return {"shrink": 0.7} if columns_for(2, 2) > 1 else {"shrink": 0.9, "location": "bottom"}


def _name_groups(ax: Axes, found: ClassOrder, classes: Sequence[str], colour: str, most: int) -> None:
    """A frame for every group, and a name where it has room: so many beside each other."""
    ax.set_xticks([])
    ticks, names, last = [], [], -np.inf
    for first, size, central in found.groups:
        end = first + size
        ax.plot([first, end, end, first, first], [first, first, end, end, first], color=colour, lw=0.8)
        middle = first + size / 2
        if middle - last >= len(classes) / most:
            ticks.append(middle)
            names.append(f"{_short(classes[central])} and {size - 1:,} more")
            last = middle
    ax.set_yticks(ticks, names, fontsize=7.5)
    ax.set(xlim=(0, len(classes)), ylim=(len(classes), 0))


def _binned(cells: NDArray) -> NDArray:
    """(n, n) -> at most _CELLS x _CELLS, the least of each bin."""
    starts = np.arange(0, len(cells), -(-len(cells) // _CELLS))
    return np.fmin.reduceat(np.fmin.reduceat(cells, starts, axis=0), starts, axis=1)


def _short(name: str) -> str:
    return name if len(name) <= _LONG else f"{name[: _LONG - 1]}…"


def _format(median: pd.DataFrame) -> str:
    """One decimal where medians are above 1, two below, so that numbers in the cells line up."""
    return ".1f" if np.nanmedian(median.to_numpy(float)) >= 1 else ".2f"
