"""One sample's page: Yousefzadeh 2022, Figures 2 to 6, apart from the images found by inversion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from phiscope.figures.pictures import as_picture, as_square, bare, grid, show
from phiscope.figures.style import INK, MUTED, WRONG, blank, themed

CAPTION = (
    "The image and its features as a picture, one square per feature; the closest flip point and the closest point of "
    "the hull, and how much each feature changes on the way there. Below, the training images with the largest "
    "coefficients in the closest blends; coloured captions are of another class (Yousefzadeh 2022, Figures 2 to 6)."
)
CATEGORY = "Where samples stand"
ALT = "One test sample: the image, its features, its closest flip point, its projections and their support"
DENSE = True
WHEN = "pictured_samples"
ONE_PER = "sample"

Page = Mapping[str, Any]

_SHOWN = 8  # support images in a row


@themed
def draw(sample_page: Page) -> Figure:
    """sample_page: what was found about one sample, as a plain mapping.

    image; features, flip_point, hull_point, each (f,); own and closest, names of the predicted class and of the one
    across the closest boundary; margin and distance in feature space; pixel_projection, an image or None;
    support_feature and support_pixel, lists of {image, label_name, weight} with the largest weight first, or None.
    Optional: label, the name of the class the data set gives, or None; pixel_distance.
    """
    strips = [space for space in ("feature", "pixel") if sample_page.get(f"support_{space}")]
    heights = [4.25] + [1.42] * len(strips)
    figure = blank(height=sum(heights))
    parts = figure.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    _board(parts[0], sample_page)
    for part, space in zip(parts[1:], strips):
        _support(part, sample_page, space)
    return figure


def _board(figure: SubFigure, page: Page) -> None:
    """Above: where the sample is and the two points closest to it; below: pixel space, and what changes."""
    axes = figure.subplots(2, 4)
    show(axes[0, 0], page["image"], _identity(page))
    points = [np.asarray(page[key], float) for key in ("features", "flip_point", "hull_point")]
    captions = [
        f"features: {points[0].size} numbers",
        f"closest flip point\nto {page['closest']}, {page['margin']:.3g} away",
        f"closest point of the hull\n{page['distance']:.3g} away",
    ]
    _vectors(figure, axes[0, 1:], points, captions, "viridis", "feature")
    changes = [np.abs(point - points[0]) for point in points[1:]]
    _vectors(figure, axes[1, 2:], changes, ["change to the flip point", "change to the hull"], "magma", "|change|")
    _pixel_space(axes[1, :2], page)


def _identity(page: Page) -> str:
    label = page.get("label")
    return f"predicted {page['own']}" + (f"\nlabelled {label}" if label is not None else "")


def _vectors(
    figure: SubFigure, places: Sequence[Axes], vectors: Sequence[NDArray], captions: Sequence[str], cmap: str, name: str
) -> None:
    """Vectors as near-square pictures on one colour scale that contains 0, with one colour bar."""
    values = np.concatenate(vectors)
    values = values[np.isfinite(values)]
    low, high = min(0.0, values.min(initial=0.0)), max(values.max(initial=0.0), 1e-12)
    for place, vector, caption in zip(places, vectors, captions):
        drawn = place.imshow(as_square(vector), cmap=cmap, vmin=low, vmax=high, interpolation="nearest")
        bare(place)
        place.set_xlabel(caption, fontsize=8.0, labelpad=2.0)
    bar = figure.colorbar(drawn, ax=list(places), shrink=0.75, aspect=14, pad=0.02)
    bar.set_label(name, fontsize=8.0)
    bar.ax.tick_params(labelsize=7.5, length=2)
    bar.outline.set_visible(False)


def _pixel_space(places: Sequence[Axes], page: Page) -> None:
    """Figure 4: the projection onto the hull of the training images, and its difference to the image."""
    if page.get("pixel_projection") is None:
        for place in places:
            place.axis("off")
        return
    away = f"\n{page['pixel_distance']:.3g} away" if "pixel_distance" in page else ""
    show(places[0], page["pixel_projection"], f"closest point of the hull\nin pixel space{away}")
    change = np.abs(as_picture(page["pixel_projection"]) - as_picture(page["image"]))
    largest = float(change.max())
    show(places[1], change / max(largest, 1e-12), f"|difference| in pixels\nwhite: {largest:.2g}")


def _support(figure: SubFigure, page: Page, space: str) -> None:
    """Figure 6: the training images with the largest coefficients, their class and coefficient."""
    support = page[f"support_{space}"]
    shown = support[:_SHOWN]
    figure.suptitle(
        f"Largest of {len(support)} training images that make up the closest point in {space} space",
        x=0.01, ha="left", fontsize=9.0, color=INK,
    )  # fmt: skip
    own = page.get("label") or page["own"]
    colours = [INK if row["label_name"] == own else WRONG for row in shown]
    images = [row["image"] for row in shown]
    captions = [f"{row['label_name']}\n{row['weight']:.3f}" for row in shown]
    axes = grid(figure, images, captions, _SHOWN, colours)
    axes[0].set_ylabel("class,\ncoefficient", fontsize=7.5, color=MUTED, rotation=0, ha="right", va="top", y=0.0)
