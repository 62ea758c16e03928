"""How many axes show an image of a class, by every judge, beside random frames (Toledo-Marín and Glazier 2021, III)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.style import FAINT, HULL, INK, MARGIN, panels, themed

CAPTION = (
    "Directions that pass each judge, of all axes of a basis and of those of set 1. Bars: 95 % of random orthonormal "
    "frames, of as many directions; dashes: their mean."
)
CATEGORY = "Latent space"
ALT = "Counts of directions that show an image of a class, by judge and basis, over the range of random frames"
DENSE = False
WHEN = "latent"
STACKS = True

JUDGES = {"sure": "softmax", "dense": "density", "near": "hull", "shown": "all three"}
BASES = {"gram-schmidt": ("Gram-Schmidt", HULL, "o"), "lowdin": ("Löwdin", MARGIN, "D")}
PANELS = ("all", "set 1")


@themed
def draw(shown_counts: pd.DataFrame) -> Figure:
    """shown_counts: basis, axes, judge, count, of, null, null_low, null_high."""
    require(shown_counts, "shown_counts", "basis", "axes", "judge", "count", "of", "null", "null_low", "null_high")
    figure, places = panels(1, 2, 3.0)
    for ax, axes in zip(places[0], PANELS):
        _panel(ax, shown_counts[shown_counts["axes"] == axes])
        of = shown_counts.loc[shown_counts["axes"] == axes, "of"].max()
        ax.set(title=f"{axes} axes: {of}" if axes == "all" else f"axes of {axes}: {of}", ylim=(0, 1.05 * of))
    places[0, 0].set_ylabel("directions that pass")
    figure.legend(*places[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return figure


def _panel(ax: Axes, counts: pd.DataFrame) -> None:
    x = np.arange(len(JUDGES))
    null = counts[counts["basis"] == counts["basis"].iloc[0]].set_index("judge").reindex(list(JUDGES))
    ax.bar(
        x, null["null_high"] - null["null_low"], 0.7, bottom=null["null_low"], color=FAINT, lw=0, label="random frames"
    )
    ax.hlines(null["null"], x - 0.35, x + 0.35, color=INK, lw=1.0, ls="--")
    for shift, (basis, (words, colour, marker)) in zip((-0.12, 0.12), BASES.items()):
        own = counts[counts["basis"] == basis].set_index("judge").reindex(list(JUDGES))
        ax.scatter(x + shift, own["count"], s=34, color=colour, marker=marker, lw=0, label=words, zorder=3)
    ax.set_xticks(x, list(JUDGES.values()))
