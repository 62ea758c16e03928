"""Which training samples carry a projection: how many, and how many of the sample's own class."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.rows import per_view, view_title
from phiscope.figures.style import INK, SPACES, note, panels, themed, words_alone
from phiscope.words.labels import NONE_LABELLED
from phiscope.words.numbers import percent

CAPTION = (
    "Left: how many training samples make up the closest point of the hull. Middle: for which share of test samples at "
    "most so much of the support has their label. Right: the share counted in three ways."
)
CATEGORY = "Where samples stand"
ALT = "Sizes of supports, and shares of supporting samples with the sample's label"
DENSE = False
WHEN = "projected"
STACKS = True

_SAME = "support samples\nwith the sample's label"


@themed
def draw(main_support: pd.DataFrame) -> Figure:
    """main_support: one row per view, space and sample with support_size, same_label, same_share, same_weight.

    The share with the sample's label is counted three ways, since they differ: pooled over all support rows,
    as the mean over samples, and with every support sample weighted by its coefficient α. Without rows no sample has a
    label.
    """
    if main_support.empty:
        return words_alone(NONE_LABELLED)
    require(main_support, "main_support", "space", "support_size", "same_label", "same_share", "same_weight")
    views = per_view(main_support)
    figure, axes = panels(len(views), 3, 2.6)
    for line, (name, rows) in zip(axes, views.items()):
        spaces = dict(iter(rows.groupby("space", sort=True)))
        _sizes(line[0], spaces)
        _per_sample(line[1], spaces)
        _shares(line[2], spaces)
        line[0].set_title(view_title(views, name))
    return figure


def _sizes(ax: Axes, spaces: dict[str, pd.DataFrame]) -> None:
    largest = int(max(part["support_size"].max() for part in spaces.values()))
    edges = list(np.linspace(-0.5, largest + 0.5, min(largest + 2, 42)))
    for space, part in spaces.items():
        sizes, weights = part["support_size"].to_numpy(), np.full(len(part), 1 / len(part))
        sns.histplot(x=sizes, weights=weights, bins=edges, element="step", color=_colour(space), alpha=0.3, ax=ax)
    note(
        ax, [(f"{space}: median {part['support_size'].median():.0f}", _colour(space)) for space, part in spaces.items()]
    )
    ax.set(xlabel="training samples\nin the support", ylabel="share of samples")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.set_ylim(top=1.35 * ax.get_ylim()[1])  # room for the words


def _per_sample(ax: Axes, spaces: dict[str, pd.DataFrame]) -> None:
    for space, part in spaces.items():
        sns.ecdfplot(x=part["same_share"].to_numpy(float), color=_colour(space), lw=1.5, ax=ax)
    ax.set(xlim=(-0.02, 1.02), ylim=(0, 1.02), xlabel=_SAME, ylabel="share of samples up to it")
    ax.xaxis.set_major_formatter(PercentFormatter(1.0))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))


def _shares(ax: Axes, spaces: dict[str, pd.DataFrame]) -> None:
    ways = ("pooled", "per sample", "weighted")
    height = 0.8 / len(spaces)
    for step, (space, part) in enumerate(spaces.items()):
        values = shares(part)
        places = np.arange(len(ways)) - 0.4 + height * (step + 0.5)
        ax.barh(places, values, height * 0.9, color=_colour(space), alpha=0.75, lw=0)
        for place, value in zip(places, values):
            inside = value > 0.35
            ax.annotate(
                percent(value), (value, place), xytext=(-3 if inside else 3, 0), textcoords="offset points",
                ha="right" if inside else "left", va="center", color="white" if inside else INK, fontsize=8.5,
            )  # fmt: skip
    ax.set(xlim=(0, 1), xlabel=_SAME)
    ax.set_yticks(range(len(ways)), ways)
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_formatter(PercentFormatter(1.0))


def shares(part: pd.DataFrame) -> tuple[float, float, float]:
    """Share of support with the sample's label: pooled, per sample, weighted by coefficient."""
    pooled = part["same_label"].sum() / part["support_size"].sum()
    return float(pooled), float(part["same_share"].mean()), float(part["same_weight"].mean())


def _colour(space: str) -> str:
    return SPACES.get(space, INK)
