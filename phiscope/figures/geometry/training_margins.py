"""How far training samples are from the closest boundary, those that the classifier gets wrong apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.rows import finite
from phiscope.figures.style import MARGIN, MUTED, WRONG, note, panels, robust_limit, themed

CAPTION = (
    "Distance in feature space of every training sample to the closest decision boundary: those that the classifier "
    "gives their label or that have none, and, where there are some, below them those that it gives another. Dashed: "
    "medians."
)
CATEGORY = "Where samples stand"
ALT = "Histograms of the distance of training samples to the closest decision boundary, right and wrong ones"
DENSE = False
WHEN = "untested"

_MOST_BINS = 60


@themed
def draw(training_standing: pd.DataFrame) -> Figure:
    """training_standing: one row per training sample with label (-1 for none), margin and correct."""
    require(training_standing, "training_standing", "label", "margin", "correct")
    wrong = ~training_standing["correct"].to_numpy(bool) & (training_standing["label"] >= 0).to_numpy()
    parts = [(training_standing[~wrong], MARGIN, _words(training_standing[~wrong]))]
    if wrong.any():
        parts.append((training_standing[wrong], WRONG, "wrong"))
    end = robust_limit(training_standing["margin"].to_numpy(float))
    figure, axes = panels(len(parts), 1, 2.4, sharex=True)
    for ax, (rows, colour, words) in zip(axes[:, 0], parts):
        _panel(ax, rows, colour, words, end)
    axes[-1, 0].set_xlabel("distance to the closest decision boundary")
    return figure


def _words(rows: pd.DataFrame) -> str:
    unlabelled = rows["label"] < 0
    if unlabelled.all():
        return "without a label"
    return "right, or without a label" if unlabelled.any() else "right"


def _panel(ax: Axes, rows: pd.DataFrame, colour: str, words: str, end: float) -> None:
    values = finite(rows, "margin")["margin"].to_numpy(float)
    bins = int(np.clip(2.0 * np.sqrt(len(values)), 12, _MOST_BINS))
    counts, edges = np.histogram(values, np.linspace(0.0, end, bins + 1))
    ax.stairs(counts / max(len(values), 1), edges, fill=True, color=colour, alpha=0.45)
    lines = [(f"{words}: {len(rows):,}", colour)]
    if len(values):
        ax.axvline(np.median(values), color=colour, lw=1.2, ls="--")
        lines.append((f"median {np.median(values):.3g}", colour))
    if far := int((values > end).sum()):
        lines.append((f"({far:,} further out, up to {values.max():.3g})", MUTED))
    note(ax, lines)
    ax.set(xlim=(0.0, end), ylabel="share of samples")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
