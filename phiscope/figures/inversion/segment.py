"""Images along the segment between two points of feature space, near some references (Yousefzadeh 2022, Figure 8)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.inversion.inverted import NOT_EXPLORED
from phiscope.figures.pictures import image_of, show
from phiscope.figures.style import INK, MUTED, WIDTH, WRONG, blank, themed, words_alone
from phiscope.words.numbers import significant

CAPTION = (
    "Images that map to points of the segment in feature space from a training image (left) to the sample (right), "
    "each the nearest found to the reference of its row; below, its distance in feature space to the sample. What they "
    "look like is up to the reference: near either end nothing moves (Yousefzadeh 2022, Figure 8)."
)
CATEGORY = "Images of points in feature space"
ALT = "Images along a segment of feature space, a row for each reference"
DENSE = True
WHEN = "segments"
ONE_PER = "sample"

_MOST = 8  # columns


@themed
def draw(segment_steps: pd.DataFrame | None) -> Figure:
    """segment_steps: reference (in words), share of the way to the sample, distance to it in feature space,
    predicted_name, own (whether that is the sample's class), reached, image flat with channels, height, width.
    """
    if segment_steps is None or segment_steps.empty:
        return words_alone(NOT_EXPLORED)
    require(
        segment_steps, "segment_steps", "reference", "share", "distance", "predicted_name", "own", "reached", "image"
    )
    references = list(dict.fromkeys(segment_steps["reference"]))
    shares = sorted(segment_steps["share"].unique())[:_MOST]
    columns = max(len(shares), 3)
    figure = blank(height=len(references) * (WIDTH / (columns + 1) + 0.42) + 0.3)
    axes = figure.subplots(len(references), columns, squeeze=False)
    for line, reference in zip(axes, references):
        for place in line:
            place.axis("off")
        rows = segment_steps[(segment_steps["reference"] == reference) & segment_steps["share"].isin(shares)]
        for place, row in zip(line, rows.sort_values("share").to_dict("records")):
            place.axis("on")
            show(place, image_of(row), _caption(row), _colour(row))
        line[0].set_title(f"near {reference}", loc="left", color=INK)
    return figure


def _caption(row: dict) -> str:
    said = f"{significant(row['distance'])}, {row['predicted_name']}"
    return said if row["reached"] else f"{said}\nnot reached"


def _colour(row: dict) -> str:
    if not row["reached"]:
        return MUTED
    return INK if row["own"] else WRONG
