"""How far the closest image on the boundary is: beside attacks, and beside the margin in feature space."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.rows import finite
from phiscope.figures.style import DENSITY, INK, MARGIN, MUTED, WRONG, note, panels, themed, words_alone
from phiscope.words.numbers import significant

CAPTION = (
    "Left: for this share of samples the image is at most so far from the sample (dashed: medians). Right: the same "
    "distance against that of the closest boundary in feature space, one point a sample."
)
CATEGORY = "Images of points in feature space"
ALT = "Distribution of the pixel distance to the closest image on the boundary, and its relation to the margin"
DENSE = True
WHEN = "closest"
STACKS = True

_KINDS = (
    ("pixel_distance", "closest image found", MARGIN),
    ("deepfool", "DeepFool’s image", INK),
    ("attack", "nearest of all attacks’", MUTED),
)
_CROWD = 1500  # more samples than this are drawn as density
_FLOOR = 1e-9


@themed
def draw(closest_distances: pd.DataFrame) -> Figure:
    """closest_distances: one row per sample with pixel_distance, NaN where none was found; deepfool, attack: distances
    of these images, NaN for none; margin, in feature space; correct."""
    found = finite(closest_distances, "pixel_distance") if len(closest_distances) else closest_distances
    if found.empty:
        return words_alone("No image on the boundary was found in this run.")
    require(found, "closest_distances", "deepfool", "attack", "margin", "correct")
    figure, axes = panels(1, 2, 3.5)
    _shares(axes[0, 0], found)
    _beside_margin(axes[0, 1], found)
    return figure


def _shares(ax: Axes, found: pd.DataFrame) -> None:
    lines = []
    for column, name, colour in _KINDS:
        values = found[column].dropna().to_numpy(float)
        if not len(values) or (column == "attack" and np.array_equal(values, found["deepfool"].dropna())):
            continue
        sns.ecdfplot(x=np.maximum(values, _FLOOR), color=colour, lw=1.8, ax=ax)
        ax.axvline(max(float(np.median(values)), _FLOOR), color=colour, lw=1.0, ls="--")
        lines.append((f"{name}: {significant(np.median(values))}", colour))
    note(ax, lines, x=0.02)
    ax.set(xscale="log", xlabel="distance to the sample, pixels (L2)", ylabel="share of samples at most so far")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_ylim(0, 1.02)


def _beside_margin(ax: Axes, found: pd.DataFrame) -> None:
    rows = finite(found, "margin")
    x, y = (np.maximum(rows[name].to_numpy(float), _FLOOR) for name in ("margin", "pixel_distance"))
    if len(x) > _CROWD:
        ax.hexbin(x, y, gridsize=48, bins="log", mincnt=1, cmap=DENSITY, lw=0.1, xscale="log", yscale="log")
    else:
        right = rows["correct"].to_numpy(bool)
        for flags, colour, size in ((right, MARGIN, 9), (~right, WRONG, 14)):
            ax.scatter(x[flags], y[flags], s=size, color=colour, alpha=0.5, lw=0)
        if (~right).any():
            note(ax, [("right", MARGIN), ("wrong", WRONG)], x=0.02)
    ax.set(
        xscale="log", yscale="log", xlabel="margin, feature space", ylabel="distance of the closest image, pixels (L2)"
    )
