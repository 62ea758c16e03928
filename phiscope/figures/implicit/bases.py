"""Complete bases on noise and on images: how good is a picture of the k largest coefficients?"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.implicit.encodings import colour, groups_in_order, key, ordered
from phiscope.figures.style import panels, themed
from phiscope.words.encodings import title_of

CAPTION = (
    "The mean and the largest coefficients in four complete bases. Where lines fall together, the basis does not "
    "matter."
)
CATEGORY = "Images as functions of position"
ALT = "PSNR of the largest coefficients in each complete basis"
DENSE = False
WHEN = "largest_coefficients"
STACKS = True


@themed
def draw(implicit_bases: pd.DataFrame, main_group: str) -> Figure:
    """implicit_bases: as from `stats.implicit.fits.bases`; main_group: the one that comes first.

    One panel per group.

    Where lines fall together the basis does not matter; the random one is the control.
    """
    require(implicit_bases, "implicit_bases", "group", "encoding", "share", "value", "ci_low", "ci_high")
    groups = groups_in_order(implicit_bases, main_group, most=4)
    figure, axes = panels(1, len(groups), 2.7, sharey=True)
    for ax, group in zip(axes[0], groups):
        rows = implicit_bases[implicit_bases["group"] == group]
        _panel(ax, rows[rows["height"] == rows["height"].max()])
        ax.set(xlabel="coefficients kept", title=group)
    axes[0, 0].set_ylabel("PSNR in dB")
    key(figure, axes)
    return figure


def _panel(ax: Axes, rows: pd.DataFrame) -> None:
    for name in ordered(rows["encoding"]):
        part = rows[rows["encoding"] == name].sort_values("share")
        ax.plot(part["share"], part["value"], color=colour(name), lw=1.4, marker="o", ms=3.5, label=title_of(name))
        ax.fill_between(part["share"], part["ci_low"], part["ci_high"], color=colour(name), alpha=0.13, lw=0)
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.set_xlim(left=0)
