"""What is left of an image in filter responses after a ReLU: error against number of filters, and against noise."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from phiscope.figures.checks import require
from phiscope.figures.style import HULL, MARGIN, MUTED, panels, themed

CAPTION = (
    "Such layers filter and cut at zero. From the responses of filters enough, least squares give the image back "
    "exactly; noise in them is averaged out by more. One sign: responses cut off at zero are not known. Dotted: an "
    "error as large as the noise."
)
CATEGORY = "Denoising"
ALT = "Error of the image against the number of filters, and against noise in their responses"
DENSE = False
WHEN = "denoising"
STACKS = True

COLOURS = {"random": MARGIN, "orientation": HULL}
_WORDS = {"random": "random filters", "orientation": "turned edges and lines"}
_SIGNS = {True: ("both signs", "-"), False: ("one sign", "--")}


@themed
def draw(filter_inversion: pd.DataFrame) -> Figure:
    """filter_inversion: rows of `phiscope.denoising.invertibility.Recovery`. Errors are means over images.

    Against the number of filters, without noise and with; right, random filters of both signs against the noise.
    """
    require(filter_inversion, "filter_inversion", "bank", "filters", "both_signs", "noise", "error")
    keys = ["bank", "both_signs", "filters", "noise"]
    means = filter_inversion.groupby(keys, as_index=False, sort=True)["error"].mean()
    some = means.loc[means["noise"] <= 0.1, "noise"].max()
    figure, axes = panels(1, 3, 2.7)
    left, middle, right = axes[0]
    _against_filters(left, means[means["noise"] == 0], "No noise")
    _against_filters(middle, means[means["noise"] == some], f"Noise {some:g} in the responses")
    _against_noise(right, means[(means["bank"] == "random") & means["both_signs"] & (means["noise"] > 0)])
    left.set_ylabel("RMS error of the image")
    figure.legend(*left.get_legend_handles_labels(), frameon=False, loc="outside lower left", ncols=2)
    return figure


def _against_filters(ax: Axes, rows: pd.DataFrame, title: str) -> None:
    for (bank, both), part in rows.groupby(["bank", "both_signs"], sort=False):
        words, line = _SIGNS[both]
        label = f"{_WORDS.get(bank, bank)}, {words}"
        ax.plot(part["filters"], part["error"], line, color=COLOURS.get(bank, MUTED), marker="o", ms=3.5, label=label)
    ax.set(xscale="log", yscale="log", xlabel="filters", title=title)
    _counts(ax, rows["filters"])


def _against_noise(ax: Axes, rows: pd.DataFrame) -> None:
    shown = sorted(rows["filters"].unique())[-5::2]  # every fourfold, from the largest bank down
    for size, alpha in zip(shown, (0.35, 0.65, 1.0)):
        part = rows[rows["filters"] == size]
        ax.plot(part["noise"], part["error"], "o-", color=MARGIN, alpha=alpha, ms=3.5, label=f"{size} filters")
    ax.axline((0.1, 0.1), (1, 1), color=MUTED, lw=1, ls=":", zorder=1)  # as much as went in
    ax.set(xscale="log", yscale="log", xlabel="noise in the responses", title="Random filters, both signs")
    ax.legend(frameon=False, loc="lower right")


def _counts(ax: Axes, counts: pd.Series) -> None:
    """Ticks at the numbers of filters that there are."""
    sizes = sorted(counts.unique())
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.xaxis.set_minor_locator(NullLocator())
