"""Margin against hull distance, sample by sample: on which side of the diagonal does it stand?"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.rows import finite, per_view, view_title
from phiscope.figures.style import (
    DENSITY,
    INK,
    MARGIN,
    MUTED,
    WIDTH,
    WRONG,
    columns_for,
    note,
    panels,
    robust_limit,
    themed,
)
from phiscope.words.numbers import percent

CAPTION = (
    "The same, sample by sample. Above the dashed diagonal the hull is closer, below it a boundary is. Crosses are "
    "samples that the classifier gets wrong. Samples far out of all others are left off the picture; how many is said."
)
CATEGORY = "Where samples stand"
ALT = "Each test sample by its distance to the hull and its distance to the closest boundary"
DENSE = True
WHEN = "hulls"
STACKS = True

_CROWD = 1500  # more samples than this are drawn as density
_COLUMNS = 2


@themed
def draw(main_standing: pd.DataFrame) -> Figure:
    """main_standing: one row per view and test sample with label, margin, distance and correct.

    Above the diagonal the hull of the training set is closer than the closest decision boundary.
    """
    require(main_standing, "main_standing", "label", "margin", "distance", "correct")
    views = per_view(main_standing)
    columns = columns_for(len(views), _COLUMNS)
    rows = math.ceil(len(views) / columns)
    figure, axes = panels(rows, columns, 4.6 if columns == 1 else 3.5, 5.6 if columns == 1 else WIDTH)
    places = axes.ravel()
    for place in places[len(views) :]:
        place.axis("off")
    for ax, (name, part) in zip(places, views.items()):
        _panel(ax, part, view_title(views, name))
    return figure


def _panel(ax: Axes, rows: pd.DataFrame, title: str) -> None:
    known = rows[np.isfinite(rows["distance"].astype(float)) & rows["margin"].notna()]
    share = float((known["margin"] > known["distance"]).mean()) if len(known) else np.nan
    drawn = finite(known, "margin", "distance")  # a sample without any boundary counts, but has no place
    x, y = drawn["distance"].to_numpy(float), drawn["margin"].to_numpy(float)
    wrong = ~drawn["correct"].to_numpy(bool) & (drawn["label"] >= 0).to_numpy()
    right = robust_limit(x)
    ends = right, robust_limit(y[x <= right])
    far = (x > ends[0]) | (y > ends[1])
    _samples(ax, x[~far], y[~far], wrong[~far], ends)
    ax.plot([0, min(ends)], [0, min(ends)], color=INK, lw=1.0, ls="--", zorder=4)
    lines = [title, f"{percent(share)} of {len(known):,} samples: hull closer"]
    ax.set_title("\n".join(filter(None, lines)))
    _sides(ax, [(f"× wrong prediction ({int(wrong.sum()):,})", WRONG), *_off(x[far], y[far])])
    ax.set(xlim=(0, ends[0]), ylim=(0, ends[1]))
    ax.set(xlabel="distance to the hull", ylabel="distance to the closest boundary")


def _off(x: np.ndarray, y: np.ndarray) -> list[tuple[str, str]]:
    """Lines about the samples that are left off."""
    if not len(x):
        return []
    most = f"up to {x.max():.3g} from the hull, {y.max():.3g} from a boundary"
    return [(f"{len(x):,} further out, not shown:", MUTED), (most, MUTED)]


def _sides(ax: Axes, lines: list[tuple[str, str]]) -> None:
    """Name the two sides of the diagonal, the marks of wrong predictions, and what is not shown."""
    note(ax, lines)
    note(ax, [("hull closer", MUTED)], x=0.02)
    note(ax, [("boundary closer", MUTED)], y=0.09)


def _samples(ax: Axes, x: np.ndarray, y: np.ndarray, wrong: np.ndarray, ends: tuple[float, float]) -> None:
    """Right predictions as density or points, wrong ones always one by one."""
    if len(x) > _CROWD:
        ax.hexbin(x, y, gridsize=44, extent=(0, ends[0], 0, ends[1]), bins="log", mincnt=1, cmap=DENSITY, lw=0.1)
        ax.scatter(x[wrong], y[wrong], s=5, marker="x", lw=0.6, color=WRONG, alpha=0.75, zorder=3, rasterized=True)
        return
    ax.scatter(x[~wrong], y[~wrong], s=9, color=MARGIN, alpha=0.45, lw=0, zorder=2)
    ax.scatter(x[wrong], y[wrong], s=24, marker="x", lw=1.3, color=WRONG, zorder=3)
