"""Images on the perimeter of one sample's ball, each the nearest to a reference image (Yousefzadeh 2022, Figure 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from phiscope.figures.inversion.inverted import NOT_EXPLORED
from phiscope.figures.pictures import as_square, bare, show
from phiscope.figures.style import FAINT, INK, MUTED, WRONG, blank, themed, words_alone
from phiscope.words.numbers import significant

CAPTION = (
    "Images that map to the surface of the ball, each the nearest found to the reference above it; below, their "
    "features. They are all given the sample’s class, whatever they look like (Yousefzadeh 2022, Figure 7)."
)
CATEGORY = "Images of points in feature space"
ALT = "Images on the perimeter of a ball, each near a reference image"
DENSE = True
WHEN = "inversions"
ONE_PER = "sample"

_COLUMNS = 5


@themed
def draw(perimeter_page: Mapping[str, Any] | None) -> Figure:
    """perimeter_page: image and features (f,), the sample's; own, its class; radius, of its ball; pairs.

    pairs: per reference its name in words, reference (an image), image (the one on the perimeter), features (f,) of
    that, pixel_distance to the reference, predicted (a name), status. Pairs stand below each other, then features.
    """
    if perimeter_page is None:
        return words_alone(NOT_EXPLORED)
    image, features, own, radius = (perimeter_page[key] for key in ("image", "features", "own", "radius"))
    shown = list(perimeter_page["pairs"])[:_COLUMNS]
    figure = blank(height=4.75, width=min(7.2, 1.55 * (len(shown) + 1)) + 0.25)
    axes = figure.subplots(3, len(shown) + 1, squeeze=False)
    axes[0, 0].axis("off")
    show(axes[1, 0], image, f"centre: {own}")
    top = max(float(vector.max()) for vector in (features, *(row["features"] for row in shown)))
    _vector(axes[2, 0], features, top, "its features")
    for column, row in zip(axes[:, 1:].T, shown):
        show(column[0], row["reference"], f"reference: {row['name']}")
        column[0].spines[:].set(visible=True, color=FAINT)  # where it is white, the page is as well
        reached = row["status"] == "solved"
        said = f"{row['predicted']}, {significant(row['pixel_distance'])}\nfrom the reference"
        show(column[1], row["image"], said if reached else f"{said}\nnot reached", INK if reached else WRONG)
        _vector(
            column[2], row["features"], top, f"{significant(radius)} from the centre" if reached else "off the ball"
        )
    return figure


def _vector(ax: Axes, vector: NDArray, top: float, caption: str) -> None:
    ax.imshow(as_square(vector), cmap="viridis", vmin=min(0.0, float(vector.min())), vmax=top, interpolation="nearest")
    bare(ax)
    ax.set_xlabel(caption, fontsize=8.0, color=MUTED, labelpad=2.0)
