"""Boundary against hull in feature space and in pixel space, for the same samples: is the order reversed?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from phiscope.figures.checks import require
from phiscope.figures.rows import finite
from phiscope.figures.style import DENSITY, INK, MARGIN, MUTED, SPACES, note, panels, themed, words_alone
from phiscope.words.numbers import percent

CAPTION = (
    "The same samples in both spaces, on logarithmic axes. Below the dashed diagonal the boundary is closer than the "
    "hull. In pixel space the height is an upper bound."
)
CATEGORY = "Images of points in feature space"
ALT = "Distance to the boundary against distance to the hull, in feature space and in pixel space"
DENSE = True
WHEN = "pixel_boundary"
STACKS = True

_CROWD = 1500  # more samples than this are drawn as density
_FLOOR = 1e-9  # there are no smaller distances on a logarithmic axis


@themed
def draw(pixel_boundary: pd.DataFrame) -> Figure:
    """pixel_boundary: one row per sample with margin, distance (feature space), pixel_margin, pixel_distance.

    pixel_margin: distance to an image of another class, an upper bound of that to the boundary in pixel space.
    Below the dashed diagonal the boundary is closer than the hull.
    """
    if pixel_boundary.empty:
        return words_alone("No sample has both distances in pixel space in this run.")
    require(pixel_boundary, "pixel_boundary", "margin", "distance", "pixel_margin", "pixel_distance")
    figure, axes = panels(1, 2, 3.7)
    left, right = axes[0]
    _panel(left, pixel_boundary, "distance", "margin", "feature")
    left.set(ylabel="distance to the closest boundary")
    _panel(right, pixel_boundary, "pixel_distance", "pixel_margin", "pixel")
    right.set(ylabel="distance to DeepFool’s image: at least\nas far as the closest boundary")
    return figure


def _panel(ax: Axes, frame: pd.DataFrame, hull: str, boundary: str, space: str) -> None:
    rows = finite(frame, hull, boundary)
    x, y = (np.maximum(rows[name].to_numpy(float), _FLOOR) for name in (hull, boundary))
    ends = _ends(np.concatenate([x, y]))
    if len(x) > _CROWD:
        low, high = np.log10(ends)
        square = (low, high, low, high)  # one grid for both axes, so that cells are regular
        ax.hexbin(
            x, y, gridsize=64, bins="log", mincnt=1, cmap=DENSITY, lw=0.1, xscale="log", yscale="log", extent=square
        )
    else:
        ax.scatter(x, y, s=9, color=MARGIN, alpha=0.4, lw=0)
    ax.plot(ends, ends, color=INK, lw=1.0, ls="--", zorder=4)
    ax.set(xscale="log", yscale="log", xlim=ends, ylim=ends, xlabel="distance to the hull")
    ax.set_aspect("equal")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5) if ends[1] < 100 * ends[0] else (1,)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(NullFormatter())
    closer = float((y < x).mean()) if len(x) else np.nan
    ax.set_title(f"{space} space\nboundary closer: {percent(closer)} of {len(x):,}", color=SPACES[space])
    note(ax, [("hull closer", MUTED)], x=0.02)
    note(ax, [("boundary closer", MUTED)], y=0.09)


def _ends(values: np.ndarray) -> tuple[float, float]:
    """One logarithmic axis for both sides, with all but the smallest half percent on it."""
    low, high = np.quantile(values, [0.005, 1.0]) if len(values) else (0.1, 1.0)
    return float(low) / 1.5, float(high) * 1.5
