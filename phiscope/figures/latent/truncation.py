"""Images drawn from their largest components only (Toledo-Marín and Glazier 2021, Figure 7)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.mosaic import show_placed
from phiscope.figures.style import blank, themed

CAPTION = "Toledo-Marín and Glazier 2021, Figure 7: the image, its whole latent, and its 1, 2, ... largest components."
CATEGORY = "Latent space"
ALT = "Test images, and what is decoded from all and from few of the components of their latents"
DENSE = True
WHEN = "latent"

_BLOCKS = 2


@themed
def draw(truncation_tiles: pd.DataFrame, truncation_titles: Sequence[str]) -> Figure:
    """truncation_tiles: as `latent_batches`, a row an image, a column per entry of `titles`."""
    require(truncation_tiles, "truncation_tiles", "row", "column", "image")
    height = -(-(truncation_tiles["row"].max() + 1) // _BLOCKS)
    figure = blank(0.5 + 3.4 * height / len(truncation_titles))
    figure.set_layout_engine("constrained", wspace=0.06)
    for block, ax in enumerate(figure.subplots(1, _BLOCKS, squeeze=False)[0]):
        rows = truncation_tiles[truncation_tiles["row"] // height == block]
        if rows.empty:
            ax.axis("off")
            continue
        _, width = show_placed(ax, rows.assign(row=rows["row"] % height))
        ax.set_xticks([(place + 0.5) * width for place in range(len(truncation_titles))], truncation_titles)
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
    return figure
