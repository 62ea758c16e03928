"""DeepFool against its overshoot: where it stops decides whether its margins are below those of genuine samples."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.style import INK, MARGIN, MUTED, class_colours, panels, themed

CAPTION = (
    "Left: share of DeepFool’s images with a margin below that of every genuine training and test sample, and below "
    "quantiles of theirs. Right: how many images change the class, as floats and rounded to 8 bits. Bars are "
    "intervals; “bisected” is the image of the least overshoot brought to the boundary as near as its pixels allow."
)
CATEGORY = "Attacks and detection"
ALT = "Shares of DeepFool’s images with small margins, and that succeed, against its overshoot"
DENSE = False
WHEN = "overshoots"
STACKS = True

MARKS, LINES = ("o", "s", "^", "D"), ("-", "--", ":", "-.")  # so that no line is told by its colour alone
Look = tuple[object, str, str]  # colour, mark, dashes

_BELOW = {"below_0": "every genuine sample", "below_0.001": "all but 0.1 %", "below_0.01": "all but 1 %",
          "below_0.05": "all but 5 %"}  # fmt: skip
_RATES = {"rate": ("as floats", MARGIN), "rate_8bit": ("in 8 bits", INK)}


@themed
def draw(overshoots: pd.DataFrame) -> Figure:
    """overshoots: as from `phiscope.stats.overshoots`."""
    require(overshoots, "overshoots", "attack", "overshoot", "key", "value", "ci_low", "ci_high")
    figure, axes = panels(1, 2, 2.9, sharey=True)
    places = _places(overshoots)
    looks = zip(class_colours(len(_BELOW)), MARKS, LINES)
    for (key, words), look in zip(_BELOW.items(), looks):
        _line(axes[0, 0], overshoots[overshoots["key"] == key], places, look, words)
    for place, (key, (words, colour)) in enumerate(_RATES.items()):
        _line(axes[0, 1], overshoots[overshoots["key"] == key], places, (colour, MARKS[place], LINES[place]), words)
    for ax, title in zip(axes[0], ("margin below that of", "class changed")):
        ax.set_xticks(range(len(places)), list(places.values()))
        ax.set(xlabel="overshoot", ylim=(-0.03, 1.03))
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        ax.tick_params(axis="x", labelrotation=30)
        ax.legend(title=title, loc="best", frameon=False, alignment="left")
    axes[0, 0].set_ylabel("of DeepFool’s images")
    return figure


def _places(overshoots: pd.DataFrame) -> dict[tuple[str, float], str]:
    """What stands along the axis, in its order, and the words below it."""
    swept = sorted(overshoots.loc[overshoots["attack"] == "deepfool", "overshoot"].unique())
    places = {("deepfool", float(each)): f"{each:g}" for each in swept}
    bisected = (overshoots["attack"] == "bisected").any()
    return ({("bisected", -1.0): "bisected"} if bisected else {}) | places


def _line(ax: Axes, rows: pd.DataFrame, places: dict[tuple[str, float], str], look: Look, label: str) -> None:
    """Values with their intervals; what stands apart from the overshoots is not joined to them."""
    colour, mark, dashes = look
    order = list(places)
    keys = [
        (attack, -1.0 if np.isnan(each) else float(each)) for attack, each in zip(rows["attack"], rows["overshoot"])
    ]
    rows = rows.assign(place=[order.index(key) for key in keys]).sort_values("place")
    value = rows["value"]
    ends = np.abs(np.stack([value - rows["ci_low"], rows["ci_high"] - value]))
    ax.errorbar(rows["place"], value, ends, fmt=mark, ms=4, color=colour, ecolor=MUTED, lw=0.8, label=label)
    joined = rows[rows["attack"] == "deepfool"]
    ax.plot(joined["place"], joined["value"], color=colour, lw=1.2, ls=dashes)
