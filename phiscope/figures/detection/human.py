"""Does the geometry know what people find ambiguous? The indicator (26) against the entropy of human labels."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.rows import finite, per_view, view_title
from phiscope.figures.style import DENSITY, HULL, INK, MARGIN, MUTED, panels, themed
from phiscope.words.numbers import signed

CAPTION = (
    "Left: each test sample by indicator and by entropy of human labels, with the mean entropy over tenths of the "
    "samples. Right: rank correlations (Spearman) with intervals; the last row is a difference of two, over the same "
    "samples."
)
CATEGORY = "Attacks and detection"
ALT = "Ambiguity indicator against entropy of human labels, and rank correlations with intervals"
DENSE = False
WHEN = "people"
STACKS = True

_CROWD = 1500
_GROUPS = 10


@themed
def draw(human_standing: pd.DataFrame, agreement: pd.DataFrame) -> Figure:
    """human_standing: view, ambiguity and entropy (of human labels) per test sample.

    agreement: one row per view and indicator with Spearman's correlation, ci_low, ci_high and n.
    """
    require(human_standing, "human_standing", "ambiguity", "entropy")
    require(agreement, "agreement", "indicator", "correlation", "ci_low", "ci_high")
    views = per_view(human_standing)
    indicators = agreement["indicator"].nunique()
    figure, axes = panels(len(views), 2, max(3.0, 0.42 * indicators), width_ratios=[1, 1.1])
    for line, (name, rows) in zip(axes, views.items()):
        _samples(line[0], finite(rows, "ambiguity", "entropy"))
        line[0].set_title(view_title(views, name))
        _correlations(line[1], agreement[agreement["view"] == name] if "view" in agreement else agreement)
    return figure


def _samples(ax: Axes, rows: pd.DataFrame) -> None:
    x, y = rows["ambiguity"].to_numpy(float), rows["entropy"].to_numpy(float)
    if len(x) > _CROWD:
        ax.hexbin(x, y, gridsize=40, bins="log", mincnt=1, cmap=DENSITY, lw=0.1)
    else:
        ax.scatter(x, y, s=8, color=MARGIN, alpha=0.35, lw=0)
    groups = np.array_split(np.argsort(x), min(_GROUPS, len(x)))
    ax.plot([np.median(x[g]) for g in groups], [y[g].mean() for g in groups], color=HULL, marker="o", ms=3.5, lw=1.4)
    ax.annotate("mean over tenths", (0.98, 0.97), xycoords="axes fraction", ha="right", va="top", color=HULL)
    ax.set(xlabel="indicator: margin − hull distance", ylabel="entropy of human labels")


def _correlations(ax: Axes, rows: pd.DataFrame) -> None:
    places = np.arange(len(rows))
    values = rows[["correlation", "ci_low", "ci_high"]].to_numpy(float)
    ax.hlines(places, values[:, 1], values[:, 2], color=INK, lw=1.6)
    ax.scatter(values[:, 0], places, s=32, color=INK, zorder=3)
    for place, value in zip(places, values[:, 0]):
        if not np.isfinite(value):
            continue
        ax.annotate(signed(value), (value, place), xytext=(0, 7), textcoords="offset points", ha="center")
    ax.axvline(0, color=MUTED, lw=0.8, ls=":")
    ax.set_yticks(places, ["\n".join(textwrap.wrap(name.partition(" (")[0], 30)) for name in rows["indicator"]])
    ax.set(ylim=(len(rows) - 0.5, -0.6), xlabel="rank correlation with human entropy")
    ax.tick_params(axis="y", length=0)
    ax.margins(x=0.12)
