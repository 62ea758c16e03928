"""One image drawn as a function of position: nothing before the network, and more and more waves."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.implicit.encodings import keyed, ordered
from phiscope.figures.pictures import image_of, show
from phiscope.figures.style import INK, blank, themed
from phiscope.words.encodings import title_of
from phiscope.words.numbers import significant

CAPTION = (
    "One image drawn again: the image, a network without waves, and with k waves of each kind. Below each, the PSNR "
    "of fitted and of held-out pixels; scale and learning rate are those that are best on the other images."
)
CATEGORY = "Images as functions of position"
ALT = "One image drawn by networks behind different encodings"
DENSE = True
WHEN = "pictured"

_MOST = 5  # numbers of waves


@themed
def draw(implicit_gallery: pd.DataFrame) -> Figure:
    """implicit_gallery: as from `phiscope.exhibits.implicit.gallery`. A row per encoding, a column per k.

    The first column holds the image itself and what has no k. Below each: PSNR of fitted and of held-out pixels.
    """
    require(implicit_gallery, "implicit_gallery", "encoding", "image", "channels", "height", "width")
    rows = keyed(
        implicit_gallery.reindex(
            columns=[*implicit_gallery.columns.union(["spectrum", "asked_k", "psnr_train", "psnr_heldout"])]
        )
    )
    alone, ranked = rows[rows["asked_k"].isna()], rows[rows["asked_k"].notna()]
    counts = _thinned(sorted(set(ranked["asked_k"])))
    ways = ordered(ranked["way"])
    lines = max(len(ways), len(alone))
    figure = blank(height=1.45 * lines)
    axes = figure.subplots(lines, 1 + len(counts), squeeze=False)
    for ax in axes.ravel():
        ax.axis("off")
    for ax, (_, row) in zip(axes[:, 0], alone.iterrows()):
        _picture(ax, row, "the image" if row["encoding"] == "original" else title_of(row["way"]))
    for line, way in zip(axes, ways):
        for ax, k in zip(line[1:], counts):
            for _, row in ranked[(ranked["way"] == way) & (ranked["asked_k"] == k)].head(1).iterrows():
                _picture(ax, row, title_of(way), f"k = {k:g}: ")
    return figure


def _picture(ax: Axes, row: pd.Series, title: str, before: str = "") -> None:
    known = pd.notna(row["psnr_train"])
    caption = f"{before}{significant(row['psnr_train'], 2)} / {significant(row['psnr_heldout'], 2)} dB" if known else ""
    ax.axis("on")
    show(ax, image_of(row), caption, INK, size=7.0)
    ax.set_title(title, fontsize=7.5, pad=2.5, loc="center")


def _thinned(counts: list[float]) -> list[float]:
    """At most so many of the numbers of waves, the ends among them."""
    if len(counts) <= _MOST:
        return counts
    return [counts[round(place * (len(counts) - 1) / (_MOST - 1))] for place in range(_MOST)]
