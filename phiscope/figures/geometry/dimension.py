"""Outside in few and in many dimensions: the share of test samples, and how far."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator, PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.style import HULL, SPACES, panels, themed
from phiscope.words.numbers import percent

CAPTION = (
    "Left: the share of test samples that are proven to lie outside the hull of the training samples, after both "
    "were projected onto as many principal directions of the training samples. Right: the median distance to that "
    "hull, as a multiple of the median distance of training samples from their mean. Bars are intervals; the last "
    "point of each line is the whole space."
)
CATEGORY = "Where samples stand"
ALT = "Share of test samples outside the hull, and their distance, against the number of principal directions"
DENSE = False
WHEN = "dimension"

_LOOKS = {"feature": ("features of the network", SPACES["feature"], "o"), "latent": ("latent space", HULL, "s")}


@themed
def draw(dimension: pd.DataFrame) -> Figure:
    """dimension: one row per space and number k of directions, as from `by_dimension`."""
    require(dimension, "dimension", "space", "k", "n", "outside", "outside_low", "outside_high", "distance")
    figure, axes = panels(1, 2, 3.0)
    for ax, column in zip(axes[0], ("outside", "distance")):
        for space, rows in dimension.groupby("space", sort=False):
            _line(ax, rows.sort_values("k"), str(space), column)
        ticks = sorted(set(dimension["k"]))
        ax.set(xscale="log", xlabel="principal directions", xlim=(0.68 * ticks[0], 1.3 * ticks[-1]))
        ax.xaxis.set_major_locator(FixedLocator(_apart(ticks)))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes[0, 0].set(ylim=(-0.09, 1.12), ylabel="test samples outside the hull")
    axes[0, 0].yaxis.set_major_formatter(PercentFormatter(1.0))
    axes[0, 1].set(ylabel="median distance, in median radii")
    axes[0, 1].set_ylim(bottom=0)
    counts = {f"{n:,}" for n in dimension["n"]}
    axes[0, 0].set_title(f"{' and '.join(sorted(counts))} test samples")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", frameon=False, ncols=2)
    return figure


def _line(ax: Axes, rows: pd.DataFrame, space: str, column: str) -> None:
    words, colour, marker = _LOOKS[space]
    k, values = rows["k"].to_numpy(float), rows[column].to_numpy(float)
    ends = rows[[f"{column}_low", f"{column}_high"]].to_numpy(float)
    ax.plot(k, values, color=colour, marker=marker, ms=4, lw=1.5, label=f"{words} ({int(rows['dimensions'].iloc[0])})")
    ax.vlines(k, ends[:, 0], ends[:, 1], color=colour, lw=1.2)
    if column == "outside":
        above, told = space == "feature", None
        for place, value in zip(k, values):
            if percent(value) != told:  # once where it stays
                ax.annotate(percent(value), (place, value), xytext=(-3, 5) if above else (3, -11), color=colour,
                            textcoords="offset points", ha="right" if above else "left", fontsize=7.5)  # fmt: skip
            told = percent(value)


def _apart(ticks: list[int]) -> list[int]:
    """Ticks whose numbers do not run into each other on a logarithmic axis."""
    kept = ticks[-1:]
    for tick in reversed(ticks[:-1]):
        kept += [tick] if kept[-1] / tick > 1.2 else []
    return kept[::-1]
