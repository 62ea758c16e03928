"""How close do denoisers come to the clean image, on average, under each noise?"""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.rows import finite
from phiscope.figures.style import FAINT, HULL, INK, MARGIN, MUTED, panels, themed
from phiscope.words.methods import noise_in_words, ordered, title_of

CAPTION = (
    "Mean over images, with its interval. Dashed: the noisy image as it comes. Filling with the mask known is told "
    "which pixels are missing, which no other method is."
)
CATEGORY = "Denoising"
ALT = "Mean PSNR with interval of every method, one panel per noise"
DENSE = False
WHEN = "denoising"
STACKS = True

_COLUMNS = 2


# The network stands out, what is no method recedes, and so does what knows more than a method can.
COLOURS = {"network": MARGIN, "noisy": MUTED, "biharmonic-true-mask": HULL}


@themed
def draw(denoising_summary: pd.DataFrame) -> Figure:
    """denoising_summary: as from `phiscope.stats.denoising_summary`. One panel per set of images and noise.

    Mean PSNR with its interval, one line per method; dashed, the noisy image.
    """
    require(denoising_summary, "denoising_summary", "psnr", "dataset", "noise", "level", "method", "ci_low", "ci_high")
    shown = finite(denoising_summary, "psnr")
    groups = list(shown.groupby(["dataset", "noise", "level"], sort=False))
    most = max(len(rows) for _, rows in groups)
    columns = min(_COLUMNS, len(groups))
    figure, axes = panels(math.ceil(len(groups) / columns), columns, 0.62 + 0.2 * most)
    for ax in axes.ravel()[len(groups) :]:
        ax.axis("off")
    several = shown["dataset"].nunique() > 1
    for ax, ((dataset, noise, level), rows) in zip(axes.ravel(), groups):
        _panel(ax, rows)
        ax.set_title((f"{dataset}: " if several else "") + noise_in_words(noise, level))
    return figure


def _panel(ax: Axes, rows: pd.DataFrame) -> None:
    rows = rows.set_index("method").loc[ordered(rows["method"])]
    if "noisy" in rows.index:
        ax.axvline(rows.loc["noisy", "psnr"], color=FAINT, lw=1.0, ls="--", zorder=1)
    for place, (method, row) in enumerate(rows.iterrows()):
        colour = COLOURS.get(method, INK)
        ax.plot([row["ci_low"], row["ci_high"]], [place, place], color=colour, lw=1.6, zorder=2)
        ax.plot(row["psnr"], place, "o", color=colour, ms=4.5, zorder=3)
        ax.annotate(
            f"{row['psnr']:.2f}",
            (row["psnr"], place),
            (0, 4),
            textcoords="offset points",
            ha="center",
            size=7.5,
            color=MUTED,
        )
    ax.set(yticks=range(len(rows)), yticklabels=[title_of(name) for name in rows.index], xlabel="mean PSNR in dB")
    ax.set_ylim(len(rows) - 0.5, -0.8)
    ax.margins(x=0.08)
