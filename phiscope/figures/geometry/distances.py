"""How far samples are from the closest boundary and from the training set's hull (Yousefzadeh 2022, Figure 10)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.rows import per_view, view_title
from phiscope.figures.style import HULL, MARGIN, MUTED, note, panels, themed, upper_limit

CAPTION = (
    "Distances in feature space of every test sample: to the closest decision boundary (blue) and, where there is a "
    "training set, to its hull (rust). Dashed: medians. Of how many samples rounding of features decides on which side "
    "they are, is said where there are any."
)
CATEGORY = "Where samples stand"
ALT = "Histograms of the distance to the closest decision boundary and, where there is one, to the hull, on one axis"
DENSE = False
WHEN = "tested"

_MOST_BINS = 60
_ON_AXIS = 0.995  # a few far samples must not squeeze all others into one bar; they are counted in the note


@themed
def draw(main_standing: pd.DataFrame) -> Figure:
    """main_standing: one row per view and test sample with margin, its noise, distance and position, in feature space.

    Both distributions share one axis, since the question is which of the two is larger.
    """
    require(main_standing, "main_standing", "margin", "margin_noise", "distance", "position")
    views = per_view(main_standing)
    end = upper_limit(main_standing[["margin", "distance"]].to_numpy(float), _ON_AXIS)
    figure, axes = panels(len(views), 1, 2.6, sharex=True)
    for ax, (name, rows) in zip(axes[:, 0], views.items()):
        _panel(ax, rows, np.linspace(0.0, end, _bins(len(rows)) + 1))
        ax.set_title(view_title(views, name))
    axes[-1, 0].set_xlabel("distance in feature space")
    return figure


def _panel(ax: Axes, rows: pd.DataFrame, edges: np.ndarray) -> None:
    lines = []
    kinds = (
        ("margin", MARGIN, "to the closest decision boundary", rows["margin"] <= rows["margin_noise"]),
        ("distance", HULL, "to the hull", rows["position"] == "within_noise"),
    )
    for column, colour, words, within in kinds:
        values = rows[column].to_numpy(float)
        values = values[np.isfinite(values)]
        weights = np.full(values.size, 1 / max(values.size, 1))  # shares of all samples, also of those off the axis
        sns.histplot(
            x=values, weights=weights, bins=list(edges), element="step", color=colour, alpha=0.3, lw=1.2, ax=ax
        )
        if values.size:
            ax.axvline(np.median(values), color=colour, lw=1.2, ls="--")
            lines.append((f"{words}: median {np.median(values):.3g}", colour))
            lines += _beyond(values, edges[-1])
            touching = int((values == 0).sum())
            lines += [(f"({touching:,} at 0, in the hull)", MUTED)] if touching and column == "distance" else []
            lines += [(f"({within.sum():,} within noise)", MUTED)] if within.any() else []
    note(ax, lines)
    ax.set(xlim=(0.0, edges[-1]), ylabel="share of samples")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))


def _bins(count: int) -> int:
    """Few bins for few samples, so that noise does not look like structure."""
    return int(np.clip(2.0 * np.sqrt(count), 12, _MOST_BINS))


def _beyond(values: np.ndarray, end: float) -> list[tuple[str, str]]:
    far = int((values > end).sum())
    return [(f"({far:,} further out, up to {values.max():.3g})", MUTED)] if far else []
