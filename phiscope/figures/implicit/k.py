"""PSNR against k: where does each encoding stand between no encoding at all and a complete basis?"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from phiscope.figures.checks import require
from phiscope.figures.implicit.encodings import colour, groups_in_order, key, keyed, ordered
from phiscope.figures.style import MUTED, panels, themed
from phiscope.words.encodings import title_of

CAPTION = (
    "Mean PSNR against the number of waves, on the pixels that were fitted and on those held out, and against the "
    "number of parameters. Dashed, a network on the bare position; dotted, the linear model on the complete basis, "
    "which fits its pixels exactly. Bands are intervals over images and seeds."
)
CATEGORY = "Images as functions of position"
ALT = "PSNR against the number of waves for every encoding"
DENSE = False
WHEN = "fitted_networks"
STACKS = True

_MEASURES = {"psnr_train": "fitted pixels", "psnr_heldout": "held-out pixels"}


@themed
def draw(implicit_by_k: pd.DataFrame, main_group: str) -> Figure:
    """implicit_by_k: as from `stats.implicit.fits.by_k`; main_group: the group of images that comes first.

    Left and middle: mean PSNR of fitted and of held-out pixels, with intervals as bands; dashed the network on the bare
    position, dotted the linear model on the complete basis, whose fitted pixels are exact. Right: held-out PSNR against
    the number of parameters.
    """
    require(
        implicit_by_k,
        "implicit_by_k",
        "group",
        "model",
        "encoding",
        "k",
        "parameters",
        "measure",
        "value",
        "ci_low",
        "ci_high",
    )
    frame = keyed(implicit_by_k)
    groups = groups_in_order(frame, main_group, most=3)
    figure, axes = panels(len(groups), 3, 2.3)
    for line, group in zip(axes, groups):
        own = frame[frame["group"] == group]
        own = own[(own["height"] == own["height"].max()) & (own["model"] != "projection")]
        for ax, (measure, words) in zip(line, _MEASURES.items()):
            _against_k(ax, own[own["measure"] == measure])
            ax.set(xlabel="waves k", title=f"{group}, {words}")
        line[0].set_ylabel("PSNR in dB")
        _against_parameters(line[2], own[own["measure"] == "psnr_heldout"])
    key(figure, axes)
    return figure


def _against_k(ax: Axes, rows: pd.DataFrame) -> None:
    networks = rows[rows["model"] != "least_squares"]
    for way in ordered(networks["way"]):
        part = networks[networks["way"] == way].sort_values("k")
        if way == "none":
            ax.axhline(part["value"].iloc[0], color=colour(way), lw=1.2, ls="--", label=title_of(way), zorder=2)
            continue
        ax.plot(part["k"], part["value"], color=colour(way), lw=1.4, marker="o", ms=3.5, label=title_of(way), zorder=3)
        ax.fill_between(part["k"], part["ci_low"], part["ci_high"], color=colour(way), alpha=0.13, lw=0)
    complete = rows[(rows["model"] == "least_squares") & (rows["encoding"] == "fourier_complete")]
    if len(complete) and complete["value"].iloc[0] < 99:
        ax.axhline(complete["value"].iloc[0], color=MUTED, lw=1.2, ls=":", label="complete basis, linear", zorder=2)
    _powers_of_two(ax)


def _against_parameters(ax: Axes, rows: pd.DataFrame) -> None:
    rows = rows[rows["model"] != "least_squares"]
    for way in ordered(rows["way"]):
        part = rows[rows["way"] == way].sort_values("parameters")
        ax.plot(part["parameters"], part["value"], color=colour(way), lw=1.0, marker="o", ms=3.5)
    ax.set(xlabel="thousand parameters", title="held-out pixels")
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 1000:g}"))


def _powers_of_two(ax: Axes) -> None:
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_locator(LogLocator(base=4))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_locator(NullLocator())
