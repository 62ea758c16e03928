"""Images turned from label to label: a rotation above, below the equation (11) of Toledo-Marín and Glazier 2021."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.mosaic import show_placed
from phiscope.figures.style import blank, themed

CAPTION = (
    "Toledo-Marín and Glazier 2021, Figure 8, with a rotation that keeps images apart, and as equation (11) prints it."
)
CATEGORY = "Latent space"
ALT = "Images turned step by step from class to class, in two ways"
DENSE = True
WHEN = "latent"

TITLES = {
    "givens": "rotation in the plane of two axes: images stay different",
    "projector": "equation (11), of rank one: images become plus or minus one and the same",
}


@themed
def draw(rotation_tiles: pd.DataFrame, rotation_stops: Sequence[str]) -> Figure:
    """rotation_tiles: as `latent_batches`, of the panels `givens` and `projector`, a row an image, a column a step.

    rotation_stops: names of the labels that the path goes through, evenly spread over the steps.
    """
    require(rotation_tiles, "rotation_tiles", "panel", "row", "column", "image")
    rows, columns = rotation_tiles["row"].max() + 1, rotation_tiles["column"].max() + 1
    figure = blank(2 * (0.45 + 7.0 * rows / columns))
    for ax, (kind, title) in zip(figure.subplots(2, 1), TITLES.items()):
        _, width = show_placed(ax, rotation_tiles[rotation_tiles["panel"] == kind], title)
        every = (columns - 1) / max(len(rotation_stops) - 1, 1)
        ax.set_xticks([(place * every + 0.5) * width for place in range(len(rotation_stops))], rotation_stops)
        ax.tick_params(length=0)
    return figure
