"""Images turned from label to label: by the equation (11) of Toledo-Marín and Glazier 2021, and by rotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.mosaic import show_placed
from phiscope.figures.style import blank, themed

CAPTION = (
    "Toledo-Marín and Glazier 2021, Figure 8, as equation (11) prints it, and with rotations that keep images apart."
)
CATEGORY = "Latent space"
ALT = "Images turned step by step from class to class, in three ways"
DENSE = True
WHEN = "latent"


@themed
def draw(rotation_tiles: pd.DataFrame, rotation_stops: Sequence[str], rotation_titles: Mapping[str, str]) -> Figure:
    """rotation_tiles: as `latent_batches`, a panel a way, a row an image, a column a step.

    rotation_stops: names of the labels that the path goes through, evenly spread over the steps; rotation_titles: panel
    -> what stands above it, in order.
    """
    require(rotation_tiles, "rotation_tiles", "panel", "row", "column", "image")
    rows, columns = rotation_tiles["row"].max() + 1, rotation_tiles["column"].max() + 1
    panels = [panel for panel in rotation_titles if (rotation_tiles["panel"] == panel).any()]
    figure = blank(len(panels) * (0.45 + 7.0 * rows / columns))
    for ax, panel in zip(figure.subplots(len(panels), 1, squeeze=False)[:, 0], panels):
        _, width = show_placed(ax, rotation_tiles[rotation_tiles["panel"] == panel], rotation_titles[panel])
        every = (columns - 1) / max(len(rotation_stops) - 1, 1)
        ax.set_xticks([(place * every + 0.5) * width for place in range(len(rotation_stops))], rotation_stops)
        ax.tick_params(length=0)
    return figure
