"""An image, an edited copy, where both stand, and the path between (Yousefzadeh 2022, Figures 11 and 12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from phiscope.figures.inversion.path import draw_paths
from phiscope.figures.pictures import as_square, bare, show
from phiscope.figures.style import HULL, INK, MARGIN, MUTED, WRONG, blank, themed
from phiscope.words.numbers import signed, significant

CAPTION = (
    "Before and after filling in a part from around it (frame), and the straight path of pixels between the two in "
    "feature space (Yousefzadeh 2022, Figures 11 and 12)."
)
CATEGORY = "Images of points in feature space"
ALT = "A sample and its edited copy, their features, distances and the path between them"
DENSE = True
WHEN = "edits"
ONE_PER = "edit"

_ROWS = (
    ("closest boundary", "margin", MARGIN),
    ("hull", "distance", HULL),
    ("boundary − hull", "ambiguity", INK),
)


@themed
def draw(edit_page: Mapping[str, Any]) -> Figure:
    """edit_page: sides, the image before and after, each with image, features (f,), predicted and closest (names),
    margin, distance, ambiguity; filled (h, w), whether a pixel was filled in.

    moved: how far the edit moves it in feature space; path and classes: as `figures.inversion.path` takes them.
    """
    sides, path = edit_page["sides"], edit_page["path"]
    figure = blank(height=5.3)
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=[2.3, 3.3])[:, 0]
    axes = above.subplots(1, 5, width_ratios=[1, 1, 1, 1, 1.75])
    top = max(float(side["features"].max()) for side in sides)
    for place, (side, name) in enumerate(zip(sides, ("before", "after"))):
        changed = side["predicted"] != sides[0]["predicted"]
        show(axes[2 * place], side["image"], f"{name}: {side['predicted']}", WRONG if changed else INK)
        _features(axes[2 * place + 1], side["features"], top)
    _outline(axes[0], np.asarray(edit_page["filled"], bool))
    _numbers(axes[4], sides, edit_page["moved"])
    draw_paths(below.subplots(), path, edit_page["classes"], ("before", "after"))
    return figure


def _features(ax: Axes, vector: NDArray, top: float) -> None:
    ax.imshow(as_square(vector), cmap="viridis", vmin=min(0.0, float(vector.min())), vmax=top, interpolation="nearest")
    bare(ax)
    ax.set_xlabel("its features", fontsize=8.0, color=MUTED, labelpad=2.0)


def _outline(ax: Axes, filled: NDArray) -> None:
    """Lines around the pixels that are filled in, along their edges."""
    framed = np.pad(filled, 1)
    upright = [((x - 0.5, y - 0.5), (x - 0.5, y + 0.5)) for y, x in np.argwhere(framed[1:-1, 1:] != framed[1:-1, :-1])]
    level = [((x - 0.5, y - 0.5), (x + 0.5, y - 0.5)) for y, x in np.argwhere(framed[1:, 1:-1] != framed[:-1, 1:-1])]
    ax.add_collection(LineCollection([*upright, *level], colors=WRONG, linewidths=0.9))


def _numbers(ax: Axes, sides: Sequence[Mapping[str, Any]], moved: float) -> None:
    """Distances to the boundary and to the hull before and after."""
    ax.axis("off")
    lines: list[tuple[str, ...]] = [("", "before", "after", MUTED)]
    for name, key, colour in _ROWS:
        write = signed if key == "ambiguity" else significant
        lines.append((name, *(write(side[key]) for side in sides), colour))
    lines.append(("across it", *(side["closest"] for side in sides), MUTED))
    for step, (name, *texts, colour) in enumerate(lines):
        y = 0.95 - 0.14 * step
        ax.text(0.0, y, name, va="top", color=colour, fontsize=8.0, transform=ax.transAxes)
        for x, text in zip((0.76, 1.04), texts):
            ax.text(x, y, text, ha="right", va="top", color=colour, fontsize=8.0, transform=ax.transAxes)
    ax.text(0.0, 0.2, f"{significant(moved)} apart in Φ", va="top", color=INK, fontsize=8.0, transform=ax.transAxes)
