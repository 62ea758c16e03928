"""Images, the same encoded and decoded, and random latents (Toledo-Marín and Glazier 2021, Figure 2)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.mosaic import show_placed
from phiscope.figures.style import panels, themed

CAPTION = "Toledo-Marín and Glazier 2021, Figure 2; the decoded images are of mean latents."
CATEGORY = "Latent space"
ALT = "Test images, the same encoded and decoded, random latents decoded"
DENSE = True
WHEN = "latent"
STACKS = True

TITLES = {"images": "test images", "decoded": "encoded and decoded", "generated": "random latents, decoded"}


@themed
def draw(batch_tiles: pd.DataFrame) -> Figure:
    """batch_tiles: panel (`images`, `decoded`, `generated`), row, column, channels, height, width, image."""
    require(batch_tiles, "batch_tiles", "panel", "row", "column", "image")
    figure, axes = panels(1, len(TITLES), 2.5)
    for ax, (panel, title) in zip(axes[0], TITLES.items()):
        show_placed(ax, batch_tiles[batch_tiles["panel"] == panel], title)
    return figure
