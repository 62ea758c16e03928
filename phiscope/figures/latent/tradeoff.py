"""Fidelity against readability: an encoder's squared error beside how well its latents tell the label."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.style import FAINT, HULL, MARGIN, MUTED, SPACES, panels, themed

CAPTION = (
    "Every encoder at its squared error. Circles are LSD; squares the classifier on decoded images; the others are "
    "baselines that are not LSD. Bars span the trainings."
)
CATEGORY = "Latent space"
ALT = "Accuracy against squared error, one column per encoder"
DENSE = False
WHEN = "latent"
STACKS = True

_LSD = {"measure": "lsd", "axes": "first-set", "sign": "signed", "encoding": "mean", "k": 1}
_ALL = {"measure": "lsd", "axes": "all", "sign": "magnitude", "encoding": "sampled", "k": 1}
ROWS: dict[str, tuple[dict[str, Any], str, str]] = {
    "LSD as published": (_ALL | {"basis": "gram-schmidt"}, HULL, "o"),
    "LSD, Löwdin, set 1": (_LSD | {"basis": "lowdin"}, MARGIN, "o"),
    "encoded, decoded": ({"measure": "encode_decode", "encoding": "sampled"}, SPACES["pixel"], "s"),
    "nearest class mean": ({"measure": "nearest_mean", "encoding": "mean"}, SPACES["feature"], "^"),
    "LDA": ({"measure": "lda"}, MUTED, "v"),
    "logistic regression": ({"measure": "logistic"}, MUTED, "D"),
}


@themed
def draw(latent: pd.DataFrame) -> Figure:
    """latent: the table of that name."""
    require(latent, "latent", "setting", "measure", "value", "lowest", "highest")
    figure, axes = panels(1, 2, 3.3, width_ratios=[2.1, 1])
    ax, legend = axes[0]
    errors = _of(latent, {"measure": "squared_error", "encoding": "mean"})
    for name, (where, colour, marker) in ROWS.items():
        rows = _of(latent, where).reindex(errors.index)
        ax.scatter(errors["value"], rows["value"], color=colour, marker=marker, s=34, lw=0, label=name, zorder=3)
        ax.vlines(errors["value"], rows["lowest"], rows["highest"], color=colour, lw=1.2, zorder=2)
    for place, (setting, error) in enumerate(errors["value"].items()):
        height = 1.01 + 0.06 * (place % 2)  # neighbours at different heights
        ax.annotate(setting, (error, height), xycoords=("data", "axes fraction"), ha="center", va="bottom")
    _references(ax, latent)
    ax.set(xlabel="squared error of decode(μ), on [−1, 1]", ylabel="test images with the right label", xlim=(0, None))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    legend.axis("off")
    legend.legend(*ax.get_legend_handles_labels(), frameon=False, loc="center left", borderpad=0)
    return figure


def _of(latent: pd.DataFrame, where: dict) -> pd.DataFrame:
    """The rows that `where` describes, by setting."""
    for key, value in where.items():
        latent = latent[latent[key] == value]
    return latent.set_index("setting")


def _references(ax: Axes, latent: pd.DataFrame) -> None:
    for measure, words in (("squared_error_of_class_mean", "class mean"), ("squared_error_of_mean", "mean image")):
        value = _of(latent, {"measure": measure})["value"]
        if len(value):
            ax.axvline(value.iloc[0], color=FAINT, lw=1.2, zorder=1)
            ax.annotate(
                words, (value.iloc[0], 0.02), xycoords=("data", "axes fraction"), rotation=90, ha="right", color=MUTED
            )
