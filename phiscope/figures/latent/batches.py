"""What generator and encoder have learned: images, the same decoded, and random latents. Deep LSD, Figure 2."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.frames import require
from phiscope.figures.mosaic import show_placed
from phiscope.figures.style import panels, themed

TITLES = {"images": "test images", "decoded": "encoded and decoded", "generated": "random latents, decoded"}


@themed
def draw(tiles: pd.DataFrame) -> Figure:
    """tiles: panel (`images`, `decoded`, `generated`), row, column, channels, height, width, image."""
    require(tiles, "tiles", "panel", "row", "column", "image")
    figure, axes = panels(1, len(TITLES), 2.5)
    for ax, (panel, title) in zip(axes[0], TITLES.items()):
        show_placed(ax, tiles[tiles["panel"] == panel], title)
    return figure
