"""Samples, the closest image on the decision boundary to each, and what changed: flip points in pixel space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from phiscope.figures.pictures import show, show_change
from phiscope.figures.style import MUTED, WRONG, blank, columns_for, themed, words_alone
from phiscope.words.numbers import significant

CAPTION = (
    "Test samples from near to far, the closest image found at which two logits are equal and largest, and what "
    "changed (grey: nothing). Distances are L2, pixels in [0, 1]."
)
CATEGORY = "Images of points in feature space"
ALT = "Samples, the closest image on the decision boundary to each, and the difference"
DENSE = True
WHEN = "closest"

_MOST = 6


@themed
def draw(closest_gallery: Sequence[Mapping[str, Any]]) -> Figure:
    """closest_gallery: one mapping per sample with image and closest, (channels, h, w); own and other, the names of the
    two classes whose logits are equal at `closest`; pixel_distance; sample, its number."""
    if not closest_gallery:
        return words_alone("No image on the boundary was found in this run.")
    columns = columns_for(_MOST, _MOST)
    if columns == 1:  # a narrow screen: a sample to a row
        figure = blank(height=1.6 * len(closest_gallery))
        axes = figure.subplots(len(closest_gallery), 3, squeeze=False).T
    else:
        figure = blank(height=4.1)
        axes = figure.subplots(3, _MOST, squeeze=False)
    for place, shown in enumerate(closest_gallery):
        above, middle, below = axes[:, place]
        show(above, shown["image"], f"{shown['sample']}: {shown['own']}", MUTED)
        equal = f"{shown['own']} or {shown['other']}\n{significant(shown['pixel_distance'])} away"
        show(middle, shown["closest"], equal, WRONG)
        show_change(below, shown["image"], shown["closest"])
        below.set_xlabel(below.get_xlabel().replace("difference, ", ""))
    for ax in axes[:, len(closest_gallery) :].ravel():
        ax.axis("off")
    return figure
