"""How does the best scale σ of Gaussian waves move with an image's spectrum?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from phiscope.figures.checks import require
from phiscope.figures.style import panels, themed

CAPTION = (
    "Left: PSNR of held-out pixels against the scale σ, thin for each image. Right: the best scale of each image "
    "against the slope of its spectrum."
)
CATEGORY = "Images as functions of position"
ALT = "Held-out PSNR against the scale of Gaussian waves, and the best scale against the slope of the spectrum"
DENSE = False
WHEN = "swept_scales"
STACKS = True


@themed
def draw(implicit_scales: pd.DataFrame) -> Figure:
    """implicit_scales: as from `phiscope.stats.implicit.fits.scales`, of which the k in the middle is shown.

    Left: PSNR of held-out pixels against σ, one thin line per image, thick the mean of its group. Right: the best σ of
    each image against the slope of its spectrum; images that share both lie beside each other.
    """
    require(
        implicit_scales,
        "implicit_scales",
        "group",
        "image",
        "asked_k",
        "sigma",
        "psnr_heldout",
        "spectrum_slope",
        "best",
    )
    counts = sorted(set(implicit_scales["asked_k"]))
    rows = implicit_scales[implicit_scales["asked_k"] == counts[len(counts) // 2]]
    groups = dict.fromkeys(rows["group"])
    colours = dict(zip(groups, sns.color_palette("colorblind", len(groups))))
    figure, axes = panels(1, 2, 2.8)
    left, right = axes[0]
    for group, colour in colours.items():
        own = rows[rows["group"] == group]
        _curves(left, own, colour)
        _best(right, own[own["best"] & own["spectrum_slope"].notna()], colour, group)
    left.set(
        xlabel="scale σ in cycles per image", ylabel="held-out PSNR in dB", title=f"k = {rows['asked_k'].iloc[0]:g}"
    )
    right.set(xlabel="slope α of the spectrum", ylabel="best scale σ")
    for axis in (left.xaxis, right.yaxis):
        _ticks(axis, sorted(set(rows["sigma"])))
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False)
    return figure


def _curves(ax: Axes, rows: pd.DataFrame, colour) -> None:
    ax.set_xscale("log")
    for _, part in rows.groupby("image"):
        part = part.sort_values("sigma")
        ax.plot(part["sigma"], part["psnr_heldout"], color=colour, lw=0.6, alpha=0.4)
    mean = rows.groupby("sigma")["psnr_heldout"].mean()
    ax.plot(mean.index, mean, color=colour, lw=2.0, marker="o", ms=4)


def _best(ax: Axes, rows: pd.DataFrame, colour, group: str) -> None:
    ax.set_yscale("log")
    # Scales are few: equal ones are moved apart by at most a twentieth.
    apart = 1 + 0.05 * np.linspace(-1, 1, len(rows)) if len(rows) > 1 else np.ones(len(rows))
    ax.scatter(rows["spectrum_slope"], rows["sigma"] * apart, s=22, color=colour, alpha=0.8, lw=0, label=group)


def _ticks(axis, values: list[float]) -> None:
    axis.set_major_locator(NullLocator())
    axis.set_ticks(values)
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())
