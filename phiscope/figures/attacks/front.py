"""Attacks that lead and keep away from the hull: how far both go, and what no detector sees (Yousefzadeh 2022, 8)."""

from __future__ import annotations

from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.attacks.overshoot import LINES, MARKS, Look
from phiscope.figures.checks import require
from phiscope.figures.style import FAINT, INK, MUTED, class_colours, panels, themed
from phiscope.words.numbers import percent

CAPTION = (
    "PGD that stops at a lead in logits and is rewarded for its distance to the hull. Left: median margin and hull "
    "distance of the images that changed the class, with the lead beside each mark; filled, settings that none beats "
    "in margin, hull distance and success; grey, genuine medians. Right: share of all attacked samples that change the "
    "class unseen by every detector, where each flags 5 % of genuine samples; bars are intervals."
)
CATEGORY = "Attacks and detection"
ALT = "Margin and hull distance of attacks at several leads and hull penalties, and the share that no detector sees"
DENSE = False
WHEN = "attack_front"
STACKS = True


@themed
def draw(attack_front: pd.DataFrame) -> Figure:
    """attack_front: as from `phiscope.stats.attack_front`."""
    require(attack_front, "attack_front", "confidence", "hull_penalty", "margin", "distance", "unseen", "front", "rate")
    figure, axes = panels(1, 2, 3.1)
    penalties = sorted(attack_front["hull_penalty"].unique())
    looks = zip(class_colours(len(penalties)), cycle(MARKS), cycle(LINES))
    for penalty, (colour, mark, dashes) in zip(penalties, looks):
        own = attack_front[attack_front["hull_penalty"] == penalty].sort_values("confidence")
        _way(axes[0, 0], own, (colour, mark, dashes))
        ends = [own["unseen"] - own["unseen_low"], own["unseen_high"] - own["unseen"]]
        ends = [end.clip(lower=0) for end in ends]
        axes[0, 1].errorbar(
            own["confidence"], own["unseen"], ends, marker=mark, ls=dashes, ms=4, lw=1.2, color=colour,
            label=f"{penalty:g}",
        )  # fmt: skip
    axes[0, 0].axvline(attack_front["genuine_margin"].iloc[0], color=FAINT, lw=1.2, zorder=0)
    axes[0, 0].axhline(attack_front["genuine_distance"].iloc[0], color=FAINT, lw=1.2, zorder=0)
    axes[0, 0].set(xlabel="median margin", ylabel="median distance to the hull")
    axes[0, 1].set(xlabel="lead asked for, in logits", ylabel="succeed unseen", ylim=(-0.03, 1.03))
    axes[0, 1].yaxis.set_major_formatter(PercentFormatter(1.0))
    axes[0, 1].legend(title="hull penalty", frameon=False, loc="best")
    most = attack_front["unseen"].max()
    axes[0, 1].set_title(f"at most {percent(most)} at one setting", color=MUTED)
    return figure


def _way(ax: Axes, rows: pd.DataFrame, look: Look) -> None:
    """The settings of one penalty, joined in the order of their leads."""
    colour, mark, dashes = look
    ax.plot(rows["margin"], rows["distance"], color=colour, lw=1.0, ls=dashes)
    for front, fill in ((True, colour), (False, "white")):
        own = rows[rows["front"] == front]
        ax.plot(own["margin"], own["distance"], mark, color=colour, mfc=fill, ms=5, lw=0)
    for row in rows.itertuples():
        ax.annotate(
            f"{row.confidence:g}", (row.margin, row.distance), xytext=(4, 3), textcoords="offset points", color=INK
        )
