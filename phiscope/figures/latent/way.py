"""What the classifier sees on the way from label to label, and how different the images stay."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.style import (
    HULL,
    INK,
    MARGIN,
    MUTED,
    SPACES,
    blank,
    class_colours,
    class_legend,
    legend_above,
    themed,
)

CAPTION = "Above: what the classifier sees. Below: how different the images stay."
CATEGORY = "Latent space"
ALT = "Shares of classes and diversity along the way"
DENSE = False
WHEN = "latent"

LOOKS = {
    "givens": ("rotation in a plane", MARGIN, "-"),
    "projector": ("equation (11)", HULL, "-"),
    "algorithm": ("algorithm 1 as printed", SPACES["pixel"], "--"),
    "class means": ("straight, by class means", SPACES["feature"], "-."),
    "encodings": ("straight, to other encodings", MUTED, ":"),
}


@themed
def draw(own_rotation: pd.DataFrame, classes: Sequence[str]) -> Figure:
    """own_rotation: path, step, source, target, label, share, diversity."""
    require(own_rotation, "own_rotation", "path", "step", "source", "target", "label", "share", "diversity")
    figure = blank(5.4)
    top, bottom = figure.subplots(2, 1, height_ratios=[1, 1])
    _shares(top, own_rotation[own_rotation["path"] == "givens"], classes)
    _diversity(bottom, own_rotation)
    class_legend(figure, classes)
    return figure


def _shares(ax: Axes, rotation: pd.DataFrame, classes: Sequence[str]) -> None:
    table = rotation.pivot(index="step", columns="label", values="share")
    ax.stackplot(table.index, table.T.to_numpy(), colors=class_colours(len(classes)), lw=0)
    every = _stops(rotation)
    for step, label in every.items():
        ax.axvline(step, color="white", lw=0.6)
        ax.annotate(classes[label], (step, 1.01), xycoords=("data", "axes fraction"), ha="center", color=INK)
    ax.set(xlim=(0, table.index.max()), ylim=(0, 1), xlabel="step", ylabel="share of images by class")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_title("rotation in a plane, from axis to axis", pad=16)


def _stops(rotation: pd.DataFrame) -> dict[int, int]:
    """Step -> label whose axis is reached there."""
    last = rotation.groupby(["source", "target"])["step"].max().sort_values()
    first = rotation.sort_values("step")["source"].iloc[0]
    return {0: first} | {step: target for (_, target), step in last.items()}


def _diversity(ax: Axes, rotation: pd.DataFrame) -> None:
    for name, (words, colour, dash) in LOOKS.items():
        rows = rotation[rotation["path"] == name].drop_duplicates("step")
        if len(rows):
            reached = _reached(rotation[rotation["path"] == name])
            ax.plot(
                rows["step"], rows["diversity"], color=colour, ls=dash, lw=1.4, label=f"{words}: {100 * reached:.0f} %"
            )
    ax.set(xlabel="step", ylabel="diversity of the images", ylim=(0, None))
    ax.set_title("standard deviation over images; in the legend, share that has the label at the stops")
    legend_above(ax, ncols=2)


def _reached(rotation: pd.DataFrame) -> float:
    """Mean share of images that have a stage's target label where it ends."""
    stops = _stops(rotation)
    at = rotation[rotation["step"].isin(list(stops)) & (rotation["step"] > 0)]
    return float(at.loc[at["label"] == at["step"].map(stops), "share"].mean())
