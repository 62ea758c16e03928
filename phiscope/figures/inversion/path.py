"""Straight paths of pixels and of features, by the distances to both ends (Yousefzadeh 2022, Figures 9 and 12)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.inversion.inverted import NOT_EXPLORED
from phiscope.figures.style import INK, MUTED, SPACES, blank, class_colours, themed, words_alone
from phiscope.words.numbers import significant

CAPTION = (
    "The straight path of pixels from a training image (A) to the sample (B), as the network sees it, drawn so that "
    "the distances to A and to B are true; colours are classes (Yousefzadeh 2022, Figure 9)."
)
CATEGORY = "Images of points in feature space"
ALT = "A straight path of pixels and a straight path of features, drawn by the distances to both ends"
DENSE = False
WHEN = "inversions"
ONE_PER = "sample"

NAMES = {"pixel": "straight in pixel space", "feature": "straight in feature space (dashed)"}


@themed
def draw(sample_path: pd.DataFrame | None, class_count: int) -> Figure:
    """sample_path: space (`pixel` or `feature`, where it is straight), share (of the way), along, across, class,
    class_name.

    along and across: coordinates of the two-point equidistant projection of appendix A, which keep the distances to
    both ends. length_over_chord is said beside each path. class_count: how many there are, for their colours.
    """
    if sample_path is None:
        return words_alone(NOT_EXPLORED)
    figure = blank(height=3.4)
    draw_paths(figure.subplots(), sample_path, class_count)
    return figure


def draw_paths(ax: Axes, path: pd.DataFrame, classes: int, ends: tuple[str, str] = ("A", "B")) -> None:
    """Both paths into one axes, coloured by class; for figures that show more beside them."""
    require(path, "path", "space", "share", "along", "across", "class", "class_name", "length_over_chord")
    colours = class_colours(classes)
    for space, rows in path.groupby("space", sort=False):
        rows = rows.sort_values("share")
        _line(ax, rows, colours, dashed=space == "feature")
    _ends(ax, path, ends)
    _legend(ax, path, colours)
    top = max(float(path["across"].max()), 0.25 * float(path["along"].max()), 1e-9)
    ax.update_datalim([(0.0, -0.25 * top), (0.0, 1.35 * top)])  # room for the names of the ends and for the words
    ax.margins(x=0.08, y=0.0)
    ax.set(xlabel="along the line between the ends, in Φ", ylabel="away from it")
    ax.set_aspect("equal", adjustable="datalim")


def _line(ax: Axes, rows: pd.DataFrame, colours: list, *, dashed: bool) -> None:
    """Each piece in the colour of the class at its beginning."""
    points = rows[["along", "across"]].to_numpy(float)
    pieces = np.stack([points[:-1], points[1:]], axis=1)
    shades = [colours[label] for label in rows["class"].iloc[:-1]]
    if dashed:
        pieces, shades = pieces[::2], shades[::2]
    ax.add_collection(LineCollection(list(pieces), colors=shades, linewidths=2.4, capstyle="butt"))
    ax.update_datalim(points)
    ax.autoscale_view()


def _ends(ax: Axes, path: pd.DataFrame, names: tuple[str, str]) -> None:
    pixel = path[path["space"] == path["space"].iloc[0]].sort_values("share")
    for name, place in zip(names, (0, -1)):
        x, y = pixel[["along", "across"]].iloc[place].to_numpy(float)
        ax.scatter(x, y, s=34, color=INK, zorder=4)
        ax.annotate(name, (x, y), xytext=(0, -9), textcoords="offset points", ha="center", va="top", color=INK)


def _legend(ax: Axes, path: pd.DataFrame, colours: list) -> None:
    """How long each path is, and which colour is which class."""
    for step, (space, rows) in enumerate(path.groupby("space", sort=False)):
        ratio = float(rows["length_over_chord"].iloc[0])
        longer = f": {significant(ratio)} times as long as the distance of its ends" if space == "pixel" else ""
        text = f"{NAMES[space]}{longer}"
        ax.annotate(
            text, (0.01, 0.99), xycoords="axes fraction", xytext=(0, -13 * step), textcoords="offset points",
            va="top", color=SPACES[space],
        )  # fmt: skip
    classes = path.drop_duplicates("class")
    for step, (label, name) in enumerate(zip(classes["class"], classes["class_name"])):
        ax.annotate(
            f"▬ {name}", (0.99, 0.99), xycoords="axes fraction", xytext=(0, -13 * step), textcoords="offset points",
            ha="right", va="top", color=colours[label],
        )  # fmt: skip
    ax.tick_params(colors=MUTED)
