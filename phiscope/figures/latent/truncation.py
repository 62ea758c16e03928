"""Images drawn from their largest components only. Deep LSD, Figure 7."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.frames import require
from phiscope.figures.mosaic import show_placed
from phiscope.figures.style import blank, themed

_BLOCKS = 2


@themed
def draw(tiles: pd.DataFrame, titles: Sequence[str]) -> Figure:
    """tiles: as `latent_batches`, a row an image, a column per entry of `titles`."""
    require(tiles, "tiles", "row", "column", "image")
    height = -(-(tiles["row"].max() + 1) // _BLOCKS)
    figure = blank(0.5 + 3.4 * height / len(titles))
    figure.get_layout_engine().set(wspace=0.06)
    for block, ax in enumerate(figure.subplots(1, _BLOCKS, squeeze=False)[0]):
        rows = tiles[tiles["row"] // height == block]
        if rows.empty:
            ax.axis("off")
            continue
        _, width = show_placed(ax, rows.assign(row=rows["row"] % height))
        ax.set_xticks([(place + 0.5) * width for place in range(len(titles))], titles)
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
    return figure
