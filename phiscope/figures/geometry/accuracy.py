"""Accuracy before and after the samples are moved to the hull of the training set."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.rows import per_view
from phiscope.figures.style import INK, MUTED, SPACES, blank, themed, words_alone
from phiscope.words.labels import NONE_LABELLED
from phiscope.words.numbers import percent

CAPTION = "Accuracy at the samples (open) and at their projections onto the hull (filled). Dotted: guessing."
CATEGORY = "Where samples stand"
ALT = "Accuracy before and after projection, in feature space and in pixel space"
DENSE = False
WHEN = "projected"


@themed
def draw(main_accuracy: pd.DataFrame, class_count: int) -> Figure:
    """main_accuracy: one row per view and space with n, accuracy_before, accuracy_after, changed.

    changed counts the samples whose class differs after projection; class_count: how many there are. Without rows no
    sample has a label.
    """
    if main_accuracy.empty:
        return words_alone(NONE_LABELLED)
    require(main_accuracy, "main_accuracy", "space", "n", "accuracy_before", "accuracy_after", "changed")
    rows = [row for part in per_view(main_accuracy).values() for row in part.to_dict("records")]
    figure = blank(height=1.0 + 0.62 * len(rows))
    ax = figure.subplots()
    for place, row in enumerate(rows):
        _row(ax, place, row)
    ax.axvline(1 / class_count, color=MUTED, lw=1.0, ls=":")
    ax.annotate(
        f"chance, {percent(1 / class_count)}", (1 / class_count, 1.0), xycoords=ax.get_xaxis_transform(),
        xytext=(4, 0), textcoords="offset points", va="top", color=MUTED,
    )  # fmt: skip
    ax.set(xlim=(0, 1.04), ylim=(len(rows) - 0.5, -0.75), xlabel="accuracy")
    several = main_accuracy.get("view", pd.Series([""])).nunique() > 1
    ax.set_yticks(range(len(rows)), [_name(row, several) for row in rows])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_formatter(PercentFormatter(1.0))
    return figure


def _row(ax: Axes, place: int, row: dict) -> None:
    """From before (open) to after (filled)."""
    before, after, colour = row["accuracy_before"], row["accuracy_after"], SPACES.get(row["space"], INK)
    ax.plot([before, after], [place, place], color=colour, lw=1.6, alpha=0.5, zorder=2)
    ax.scatter([before], [place], s=70, facecolor="white", edgecolor=colour, lw=1.5, zorder=3)
    ax.scatter([after], [place], s=34, color=colour, lw=0, zorder=4)
    middle: dict[str, Any] = {"ha": "center", "textcoords": "offset points"}
    if abs(before - after) < 0.12:  # too close for two labels side by side
        text = f"{percent(before)} → {percent(after)}"
        ax.annotate(text, ((before + after) / 2, place), xytext=(0, 9), color=colour, **middle | {"ha": "right"})
        return
    ax.annotate(f"before {percent(before)}", (before, place), xytext=(0, 9), color=colour, **middle)
    ax.annotate(f"after {percent(after)}", (after, place), xytext=(0, 9), color=colour, **middle)


def _name(row: dict, several: bool) -> str:
    view = f"{row['view']}, " if several else ""
    return f"{view}{row['space']} space\n{row['changed']:,} of {row['n']:,} change class"
