"""Morphing between two images by shrinking a ball, beside plain interpolation (Yousefzadeh 2022, Figure 8)."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.inversion.inverted import NOT_EXPLORED
from phiscope.figures.pictures import image_of, show
from phiscope.figures.style import INK, MUTED, SPACES, WIDTH, WRONG, blank, themed, words_alone
from phiscope.words.numbers import significant

CAPTION = (
    "Above, the image nearest to a training image (found) whose features are at most so far from the sample’s as the "
    "number says, down to 0; below, plain interpolation between the same two images, with its distance in feature "
    "space. Only the plain way has to end at the sample: another image may map to the same point (Yousefzadeh 2022, "
    "Figure 8)."
)
CATEGORY = "Images of points in feature space"
ALT = "Twelve steps of a morph through feature space, and of plain interpolation of pixels"
DENSE = True
WHEN = "inversions"
ONE_PER = "sample"

_COLUMNS = 6
_ZERO = 1e-4  # smaller distances are what the tolerance leaves of 0
_TITLES = {
    "morph": "through feature space: the nearest image found within each radius",
    "interpolation": "straight through pixel space: as much of the way as the radius has shrunk",
}
_COLOURS = {"morph": SPACES["feature"], "interpolation": SPACES["pixel"]}


@themed
def draw(morph_steps: pd.DataFrame | None) -> Figure:
    """morph_steps: way (`morph` or `interpolation`), step, distance (to the centre, in feature space),
    predicted_name, own.

    reached: whether the distance is what it had to be; image flat with channels, height, width. own says whether the
    class is the centre's. Both ways set out from one training image; only the plain one has to end at the sample.
    """
    if morph_steps is None:
        return words_alone(NOT_EXPLORED)
    require(morph_steps, "morph_steps", "way", "step", "distance", "predicted_name", "own", "reached", "image")
    ways = [way for way in _TITLES if (morph_steps["way"] == way).any()]
    rows = math.ceil(morph_steps.groupby("way").size().max() / _COLUMNS)
    figure = blank(height=len(ways) * (0.3 + rows * (WIDTH / _COLUMNS + 0.3)))
    parts = figure.subfigures(len(ways), 1, squeeze=False)[:, 0]
    for part, way in zip(parts, ways):
        part.suptitle(_TITLES[way], x=0.01, ha="left", color=_COLOURS[way], fontsize=9.5)
        places = part.subplots(rows, _COLUMNS, squeeze=False).ravel()
        for place in places:
            place.axis("off")
        for place, row in zip(places, morph_steps[morph_steps["way"] == way].sort_values("step").to_dict("records")):
            place.axis("on")
            show(place, image_of(row), _caption(row), _colour(row))
    return figure


def _caption(row: dict) -> str:
    distance = "0" if row["distance"] < _ZERO else significant(row["distance"])
    said = f"{distance}, {row['predicted_name']}"
    return said if row["reached"] else f"{said}\nnot reached"


def _colour(row: dict) -> str:
    if not row["reached"]:
        return MUTED
    return INK if row["own"] else WRONG
