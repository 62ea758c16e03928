"""Detection against κ: what is left of it when an attack keeps its distance from the boundary?"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.detection.detectors import look, ordered
from phiscope.figures.style import FAINT, panels, themed
from phiscope.words.detectors import title_of

CAPTION = (
    "Left: area under the curve. Right: share of genuine images flagged where 95 % of the attacked are caught. Bands "
    "are intervals, dashed is guessing."
)
CATEGORY = "Attacks and detection"
ALT = "Area and false positive rate of each detector against the confidence of attacks"
DENSE = False
WHEN = "swept"
STACKS = True

_SCALES = {"area": "area under the ROC curve", "fpr95": "genuine flagged, 95 % caught"}


@themed
def draw(by_confidence: pd.DataFrame) -> Figure:
    """by_confidence: as from `phiscope.stats.by_confidence`. One row of panels per series of attacks.

    Left the area under the ROC curve, right the share of genuine samples flagged where 95 % of the attacked are
    caught, with intervals as bands.
    """
    require(by_confidence, "by_confidence", "value", "series", "confidence", "detector", "measure", "ci_low", "ci_high")
    series = list(dict.fromkeys(by_confidence["series"]))
    figure, axes = panels(len(series), 2, 2.7)
    for line, name in zip(axes, series):
        own = by_confidence[by_confidence["series"] == name]
        for ax, (measure, words) in zip(line, _SCALES.items()):
            _panel(ax, own[own["measure"] == measure], sorted(set(own["confidence"])))
            ax.set(xlabel="confidence κ beyond the boundary", ylabel=words)
        line[0].set_title(name)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", frameon=False)
    return figure


def _panel(ax: Axes, rows: pd.DataFrame, confidences: list[float]) -> None:
    for name in ordered(rows["detector"]):
        own, style = rows[rows["detector"] == name].sort_values("confidence"), look(name)
        ax.fill_between(
            own["confidence"], own["ci_low"], own["ci_high"], color=style["color"], alpha=0.13, lw=0, zorder=2
        )
        ax.plot(own["confidence"], own["value"], marker="o", ms=3, label=title_of(name), **style)
    chance = 0.5 if (rows["measure"] == "area").any() else 0.95
    ax.axhline(chance, color=FAINT, lw=1.0, ls="--", zorder=1)
    room = 0.06 * max(confidences[-1] - confidences[0], 1.0)
    ax.set(ylim=(-0.03, 1.03), xlim=(confidences[0] - room, confidences[-1] + room), xticks=confidences)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0) if chance == 0.95 else "{x:.1f}")
