"""Both distances for every view, a line each: where attacks and noise stand (after Yousefzadeh 2022, Figure 10)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.rows import per_view
from phiscope.figures.style import HULL, INK, MARGIN, MUTED, blank, themed
from phiscope.words.numbers import percent

CAPTION = (
    "The same distances for every view, on a logarithmic axis: to the closest decision boundary above each line, to "
    "the hull of the training set, where there is one, below it. Strokes: medians; dotted, the median distance to the "
    "hull of training samples that went through the same, where a view names one. Right: for how many samples the hull "
    "is closer. Attacks move samples across a boundary; where they stop decides how far beyond it they lie."
)
CATEGORY = "Where samples stand"
ALT = "Distributions of both distances, one line per view, on a logarithmic axis"
DENSE = False
WHEN = "compared"

_BINS = 60
_DECADES = 6.0  # below the largest value; what is closer still is counted at the left edge
_HEIGHT = 0.42  # of a histogram, where views are 1 apart
_KINDS = (("margin", MARGIN, 1, "to the closest decision boundary"), ("distance", HULL, -1, "to the hull"))


@themed
def draw(standing: pd.DataFrame) -> Figure:
    """standing: one row per view and sample with margin and distance, both in feature space.

    Above a view's line the distribution of the margin, below it that of the distance to the hull; each histogram is
    as high as its fullest bin, on one logarithmic axis. Strokes: medians; dotted, that of the column `processed`, the
    distance to the hull of equally processed training images, of views that have one.
    """
    require(standing, "standing", "margin", "distance")
    views = per_view(standing)
    edges = _edges(standing[["margin", "distance"]].to_numpy(float))
    figure = blank(height=1.0 + 0.72 * len(views))
    ax = figure.subplots()
    for place, rows in enumerate(views.values()):
        for column, colour, side, _ in _KINDS:
            _histogram(ax, rows[column].to_numpy(float), edges, place, colour, side)
        _processed(ax, rows, place, edges)
        _share(ax, rows, place)
    _decorate(ax, list(views), edges, hulls=bool(np.isfinite(standing["distance"].to_numpy(float)).any()))
    return figure


def _edges(values: np.ndarray) -> np.ndarray:
    positive = values[np.isfinite(values) & (values > 0)]
    top = positive.max() * 1.1 if positive.size else 1.0
    bottom = max(positive.min() / 1.1, top / 10**_DECADES) if positive.size else top / 10
    return np.geomspace(bottom, top, _BINS + 1)


def _histogram(ax: Axes, values: np.ndarray, edges: np.ndarray, place: int, colour: str, side: int) -> None:
    """One distribution, upwards (side 1) or downwards (side -1) of the view's line."""
    values = values[np.isfinite(values)]
    if not values.size:
        return
    counts, _ = np.histogram(values.clip(edges[0], edges[-1]), edges)
    heights = place - side * _HEIGHT * counts / counts.max()  # the axis points down
    ax.stairs(heights, edges, baseline=place, fill=True, color=colour, alpha=0.45, lw=0)
    middle = np.median(values).clip(edges[0], edges[-1])
    ax.plot([middle, middle], [place, place - side * _HEIGHT], color=colour, lw=1.6)


def _processed(ax: Axes, rows: pd.DataFrame, place: int, edges: np.ndarray) -> None:
    middle = rows["processed"].median() if "processed" in rows else np.nan
    if np.isfinite(middle):
        at = np.clip(middle, edges[0], edges[-1])
        ax.plot([at, at], [place, place + _HEIGHT], color=HULL, lw=1.6, ls=":", gid="processed")


def _share(ax: Axes, rows: pd.DataFrame, place: int) -> None:
    """How many samples have the hull closer than a boundary: the question of Yousefzadeh 2022, Figure 10."""
    known = rows.dropna(subset=["margin", "distance"])
    if known.empty:
        return
    share = (known["margin"] > known["distance"]).mean()
    words = f"{percent(share)} of {len(known):,}"
    ax.annotate(words, (1.02, place), xycoords=ax.get_yaxis_transform(), va="center", color=INK, annotation_clip=False)


def _decorate(ax: Axes, names: list[str], edges: np.ndarray, *, hulls: bool) -> None:
    for place in range(len(names)):
        ax.axhline(place, color=MUTED, lw=0.5, zorder=0)
    ax.set(xscale="log", xlim=(edges[0], edges[-1]), ylim=(len(names) - 0.5, -0.6))
    ax.set_xlabel("distance in feature space")
    ax.set_yticks(range(len(names)), [name or "original" for name in names])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    for _, colour, side, words in _KINDS if hulls else _KINDS[:1]:
        where, edge, align = ("above the line", 0, "left") if side == 1 else ("below", 1, "right")
        ax.annotate(f"{where}: {words}", (edge, 1.0), xycoords="axes fraction", ha=align, va="bottom", color=colour)
    if hulls:
        ax.annotate("hull closer", (1.02, 1.0), xycoords="axes fraction", va="bottom", color=INK, annotation_clip=False)
