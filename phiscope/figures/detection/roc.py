"""Can attacked and foreign samples be told from genuine ones? One ROC curve per detector and view."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.detection.detectors import area_in_words, look, ordered
from phiscope.figures.style import FAINT, MUTED, blank, columns_for, themed
from phiscope.words.detectors import title_of

CAPTION = (
    "Each detector against each view; of attacks, the samples on which they succeeded. Of Yousefzadeh "
    "2022: blue, the threshold on the margin, and rust, the indicator."
)
CATEGORY = "Attacks and detection"
ALT = "One ROC curve per detector, one panel per view"
DENSE = False
WHEN = "detection"
STACKS = True

_COLUMNS = 2


@themed
def draw(roc_curves: pd.DataFrame, detection: pd.DataFrame) -> Figure:
    """roc_curves, detection: as from `phiscope.stats`. One panel a view, of the attacks that succeeded where it is one.

    Beside the curves stands the area under each.
    """
    require(roc_curves, "roc_curves", "true_positive_rate", "false_positive_rate", "view", "counted", "detector")
    require(detection, "detection", "view", "counted", "detector", "measure", "value")
    views = list(dict.fromkeys(roc_curves["view"]))
    columns = columns_for(_COLUMNS, _COLUMNS)  # one view alone keeps its size
    rows = math.ceil(len(views) / columns)
    figure = blank(height=rows * 2.6)
    places = figure.subplots(rows, 2 * columns, squeeze=False, width_ratios=[2, 0.95] * columns).reshape(-1, 2)
    for place in [*places[len(views) :].ravel(), *places[:, 1]]:
        place.axis("off")
    for (place, beside), view in zip(places, views):
        own = roc_curves[roc_curves["view"] == view]
        counted = "success" if (own["counted"] == "success").any() else "all"
        areas = detection[(detection["view"] == view) & (detection["measure"] == "area")]
        areas = areas[areas["counted"] == counted]
        _panel(place, own[own["counted"] == counted], areas, view)
        _areas(beside, areas.set_index("detector")["value"])
    return figure


def _panel(ax: Axes, curves: pd.DataFrame, areas: pd.DataFrame, view: str) -> None:
    ax.plot([0, 1], [0, 1], color=FAINT, lw=1.0, ls="--", zorder=1)
    for name in ordered(curves["detector"]):
        rows = curves[curves["detector"] == name].sort_values("false_positive_rate")
        ax.step(rows["false_positive_rate"], rows["true_positive_rate"], where="post", **look(name))
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), box_aspect=1)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0))
        axis.set_ticks([0, 0.5, 1])
    counts = areas["n"].max() if "n" in areas and len(areas) else None
    ax.set_title(view if counts is None else f"{view} ({int(counts):,})")
    ax.set(xlabel="genuine samples flagged", ylabel="suspicious samples caught")


def _areas(ax: Axes, areas: pd.Series) -> None:
    """The area under the curve of each detector, which is the key to the colours too."""
    names = ordered(areas.index)
    step, size = (0.105, 8.0) if len(names) < 10 else (1.1 / (len(names) + 1), 6.6)
    where: dict[str, Any] = {"transform": ax.transAxes, "va": "center", "fontsize": size}
    ax.text(-0.1, 1.0 - step / 2, "area", color=MUTED, **where)
    for place, name in enumerate(names, 1):
        height, style = 1.0 - step * (place + 0.5), look(name)
        ax.plot([-0.3, -0.14], [height, height], transform=ax.transAxes, clip_on=False, **style)
        ax.text(-0.1, height, f"{area_in_words(areas[name])}  {title_of(name)}", color=style["color"], **where)
