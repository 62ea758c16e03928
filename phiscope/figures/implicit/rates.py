"""Pictures of few coefficients: how sparse, and how short beside JPEG?"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from phiscope.figures.checks import require
from phiscope.figures.implicit.encodings import colour, groups_in_order, key, ordered
from phiscope.figures.style import INK, panels, themed
from phiscope.words.encodings import title_of

CAPTION = (
    "Left: PSNR against the number of coefficients over that of pixels. Right: against bits a pixel, counted as an "
    "ideal coder would (the entropy of rounded values, and which functions they belong to), beside JPEG’s file, and, "
    "dotted, JPEG without header and tables. Two bases side by side are basis pursuit. Bands are intervals over images."
)
CATEGORY = "Images as functions of position"
ALT = "PSNR against the number of coefficients, and against bits a pixel beside JPEG"
DENSE = False
WHEN = "rates"
STACKS = True

_COLOURS = {"jpeg": INK, "dct+haar": "#c2266b", "fourier_complete+haar": "#8a4b85", "fourier_complete+dct": "#c24f00"}
_WORDS = {"share": "coefficients over pixels", "rate": "bits a pixel"}


@themed
def draw(implicit_rates: pd.DataFrame, main_group: str) -> Figure:
    """implicit_rates: as from `stats.implicit.rates.rate_summary`; main_group: the one that comes first.

    A line of panels per group of images, three at most: sparsity, and rate against distortion.
    """
    require(implicit_rates, "implicit_rates", "group", "basis", "measure", "at", "value", "ci_low", "ci_high")
    groups = groups_in_order(implicit_rates, main_group, most=3)
    figure, axes = panels(len(groups), 2, 2.5)
    for line, group in zip(axes, groups):
        own = implicit_rates[implicit_rates["group"] == group]
        for ax, measure in zip(line, _WORDS):
            _lines(ax, own[own["measure"] == measure])
            _logarithmic(ax, sorted(set(own.loc[own["measure"] == measure, "at"])), measure == "share")
            ax.set(xlabel=_WORDS[measure], title=group)
        bare = own[(own["measure"] == "scan") & (own["basis"] == "jpeg")].sort_values("at")
        line[1].plot(bare["at"], bare["value"], color=INK, lw=1.2, ls=":", label="JPEG without header")
        line[0].set_ylabel("PSNR in dB")
    key(figure, axes)
    return figure


def _lines(ax: Axes, rows: pd.DataFrame) -> None:
    for basis in ordered(rows["basis"]):
        part = rows[rows["basis"] == basis].sort_values("at")
        own, dashes = _COLOURS.get(basis, colour(basis)), "--" if "+" in basis else "-"
        ax.plot(part["at"], part["value"], color=own, ls=dashes, lw=1.4, marker="o", ms=3.5, label=title_of(basis))
        ax.fill_between(part["at"], part["ci_low"], part["ci_high"], color=own, alpha=0.13, lw=0)


def _logarithmic(ax: Axes, ticks: list[float], is_share: bool) -> None:
    ax.set_xscale("log")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticks(ticks)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g} %" if is_share else f"{value:g}"))
