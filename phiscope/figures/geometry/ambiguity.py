"""The images with the extreme values of the ambiguity indicator (Yousefzadeh 2022, equation 26 and Figure 13)."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.pictures import grid, image_of
from phiscope.figures.style import INK, WIDTH, WRONG, blank, themed
from phiscope.words.labels import NO_LABEL
from phiscope.words.numbers import signed

CAPTION = (
    "The test images with the lowest and the highest value of the indicator. Below each: its label → what the network "
    "says, the indicator, and its number in the test set. Coloured captions are wrong answers."
)
CATEGORY = "Where samples stand"
ALT = "Two grids of images: the most and the least ambiguous"
DENSE = True
WHEN = "images"

_COLUMNS = 8
_EXPLAINED = {
    "most ambiguous": "most ambiguous: close to a decision boundary, far from the hull",
    "least ambiguous": "least ambiguous: far from every decision boundary, close to the hull",
}


@themed
def draw(ambiguity_gallery: pd.DataFrame) -> Figure:
    """ambiguity_gallery: rank, group, sample, label_name, predicted_name, ambiguity; image flat with
    channels, height, width.

    One block of pictures per group, each captioned with label → prediction, indicator and sample number.
    """
    require(
        ambiguity_gallery,
        "ambiguity_gallery",
        "rank",
        "group",
        "sample",
        "label_name",
        "predicted_name",
        "ambiguity",
        "image",
    )
    groups = {name: rows.sort_values("rank") for name, rows in ambiguity_gallery.groupby("group", sort=False)}
    columns = max(min(_COLUMNS, len(rows)) for rows in groups.values())
    depth = [math.ceil(len(rows) / columns) for rows in groups.values()]
    figure = blank(height=sum(depth) * (WIDTH / max(columns, 5) + 0.38) + 0.3 * len(groups))
    parts = figure.subfigures(len(groups), 1, squeeze=False, height_ratios=depth)[:, 0]
    for part, (name, rows) in zip(parts, groups.items()):
        part.suptitle(_EXPLAINED.get(name, name), x=0.01, ha="left")
        records = rows.to_dict("records")
        colours = [INK if row["label_name"] in (row["predicted_name"], NO_LABEL) else WRONG for row in records]
        grid(part, [image_of(row) for row in records], [_caption(row) for row in records], columns, colours)
    return figure


def _caption(row: dict) -> str:
    return f"{row['label_name']}\n→ {row['predicted_name']}\n{signed(row['ambiguity'])} (#{row['sample']})"
