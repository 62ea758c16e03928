"""Images drawn from their largest components only (Toledo-Marín and Glazier 2021, Figure 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure, SubFigure

from phiscope.figures.checks import require
from phiscope.figures.mosaic import show_placed
from phiscope.figures.style import blank, themed

CAPTION = (
    "Toledo-Marín and Glazier 2021, Figure 7: the image, its whole latent, and its 1, 2, ... largest components; above "
    "as published, below in the basis and encoding that views use."
)
CATEGORY = "Latent space"
ALT = "Test images, and what is decoded from all and from few of the components of their latents, in two bases"
DENSE = True
WHEN = "latent"

_ROWS = 25  # of a block, as in the published figure
_LEAST = 2  # blocks


@themed
def draw(truncation_tiles: pd.DataFrame, truncation_titles: Sequence[str], reading_titles: Mapping[str, str]) -> Figure:
    """truncation_tiles: as `latent_batches`, a panel a reading, a row an image, a column per entry of
    truncation_titles; reading_titles: panel -> what stands above it, in order.
    """
    require(truncation_tiles, "truncation_tiles", "panel", "row", "column", "image")
    count = truncation_tiles["row"].max() + 1
    blocks = max(_LEAST, -(-count // _ROWS))
    height = -(-count // blocks)
    panels = [panel for panel in reading_titles if (truncation_tiles["panel"] == panel).any()]
    figure = blank(len(panels) * (0.6 + 6.6 * height / len(truncation_titles) / blocks))
    for part, panel in zip(figure.subfigures(len(panels), 1, squeeze=False)[:, 0], panels):
        part.suptitle(reading_titles[panel], x=0.01, ha="left")
        _panel(part, truncation_tiles[truncation_tiles["panel"] == panel], blocks, height, truncation_titles)
    return figure


def _panel(figure: SubFigure, tiles: pd.DataFrame, blocks: int, height: int, titles: Sequence[str]) -> None:
    for block, ax in enumerate(figure.subplots(1, blocks, squeeze=False)[0]):
        rows = tiles[tiles["row"] // height == block]
        if rows.empty:
            ax.axis("off")
            continue
        _, width = show_placed(ax, rows.assign(row=rows["row"] % height))
        ax.set_anchor("N")
        ax.set_xticks([(place + 0.5) * width for place in range(len(titles))], titles)
        ax.xaxis.tick_top()
        ax.tick_params(length=0, labelsize="xx-small" if blocks > _LEAST else None)
