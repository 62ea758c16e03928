"""Between the hull of the sample's own class, those of others, and the distances that training samples have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.rows import finite
from phiscope.figures.style import DENSITY, INK, MARGIN, MUTED, WRONG, note, panels, robust_limit, themed, words_alone
from phiscope.words.numbers import percent

CAPTION = (
    "Left: test samples by their distance to the hull of the class that they are predicted to be of, and to the "
    "nearest hull of another class; crosses are wrong predictions. Right: the share of samples whose p-value is "
    "at most so large, by the hull of all training samples (solid) and of the predicted class (dotted). The "
    "p-value is the share of training samples of that class, each left out in turn, that lie at least as far from "
    "the hull of the others. The dashed line is where samples that are like the training samples would be; above "
    "it they lie further out."
)
CATEGORY = "Where samples stand"
ALT = "Distance to the hull of the predicted class against that to the nearest other, and distributions of p-values"
DENSE = True
WHEN = "hulls"

_CROWD = 1500  # more samples than this are drawn as density
_LEAST = 1e-4  # p-value at the left end of the axis, at the least


@themed
def draw(hull_places: pd.DataFrame) -> Figure:
    """hull_places: `hull_standing` of the original test samples and of samples of other data sets, view by view."""
    require(hull_places, "hull_places", "view", "label", "predicted", "own_distance", "other_distance", "p_value")
    original = hull_places[hull_places["view"] == "original"]
    placed = finite(original, "own_distance", "other_distance")
    known = hull_places["p_value"].notna().any()
    if placed.empty and not known:
        return words_alone("No hulls of classes, and no p-values, in this run.")
    figure, axes = panels(1, int(not placed.empty) + int(known), 3.4)
    ax = list(axes[0])
    if not placed.empty:
        _between(ax.pop(0), placed)
    if known:
        _p_values(ax.pop(0), hull_places)
    return figure


def _between(ax: Axes, rows: pd.DataFrame) -> None:
    x, y = rows["own_distance"].to_numpy(float), rows["other_distance"].to_numpy(float)
    wrong = ((rows["label"] >= 0) & (rows["label"] != rows["predicted"])).to_numpy()
    ends = robust_limit(x), robust_limit(y)
    if len(x) > _CROWD:
        ax.hexbin(x, y, gridsize=40, extent=(0, ends[0], 0, ends[1]), bins="log", mincnt=1, cmap=DENSITY, lw=0.1)
    else:
        ax.scatter(x[~wrong], y[~wrong], s=9, color=MARGIN, alpha=0.45, lw=0)
    ax.scatter(x[wrong], y[wrong], s=8 if len(x) > _CROWD else 24, marker="x", lw=0.8, color=WRONG, zorder=3)
    ax.plot([0, min(ends)], [0, min(ends)], color=INK, lw=1.0, ls="--", zorder=4)
    share = float((y < x).mean())
    ax.set_title(f"{percent(share)} of {len(x):,} samples:\nanother class’s hull closer")
    note(ax, [(f"× wrong prediction ({int(wrong.sum()):,})", WRONG), *_far(x, y, ends)])
    ax.set(xlim=(0, ends[0]), ylim=(0, ends[1]))
    ax.set(xlabel="distance to the predicted class’s hull", ylabel="distance to the nearest other hull")


def _far(x: np.ndarray, y: np.ndarray, ends: tuple[float, float]) -> list[tuple[str, str]]:
    far = int(((x > ends[0]) | (y > ends[1])).sum())
    return [(f"{far:,} further out, not shown", MUTED)] if far else []


def _p_values(ax: Axes, rows: pd.DataFrame) -> None:
    smallest = np.nanmin(rows[["p_value", "own_p_value"]].to_numpy(float))
    left = max(_LEAST, min(0.05, 0.8 * smallest))
    line = np.geomspace(left, 1, 50)
    ax.plot(line, line, color=INK, lw=1.0, ls="--", zorder=4)
    lines = []
    for name, part, colour, marker in _groups(rows):
        for column, dashes in (("p_value", "-"), ("own_p_value", ":")):
            values = np.sort(part[column].dropna().to_numpy(float))
            if len(values):
                ax.step([left, *values, 1], [0, *np.arange(1, len(values) + 1) / len(values), 1], where="post",
                        color=colour, lw=1.3, ls=dashes, marker=marker, ms=4, markevery=0.12)  # fmt: skip
        lines.append((f"{_GLYPHS[marker]} {name} ({len(part):,})", colour))
    ax.set(xscale="log", xlim=(left, 1), ylim=(0, 1.02), xlabel="p-value", ylabel="share of samples at or below")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_title("further out than training samples?\nsolid: hull of all, dotted: predicted class")
    note(ax, lines, x=0.03)


_FOREIGN = (("#00785a", "o"), ("#8a4b85", "s"), ("#b38600", "^"))
_GLYPHS = {"": "–", "x": "×", "+": "+", "o": "●", "s": "■", "^": "▲"}


def _groups(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame, str, str]]:
    """Name, rows, colour and marker: right and wrong ones of the original, those without a label, other data sets."""
    original = rows[rows["view"] == "original"]
    right = original["label"] == original["predicted"]
    parts = [
        ("right", original[right], MARGIN, ""),
        ("wrong", original[(original["label"] >= 0) & ~right], WRONG, "x"),
        ("without a label", original[original["label"] < 0], MUTED, "+"),
    ]
    others = [name for name in dict.fromkeys(rows["view"]) if name != "original"]
    parts += [(name, rows[rows["view"] == name], *looks) for name, looks in zip(others, _FOREIGN)]
    return (part for part in parts if len(part[1]))
