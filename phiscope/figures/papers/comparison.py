"""This run beside the papers: shares with their intervals against the values the papers state."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.errors import DataError
from phiscope.figures.checks import require
from phiscope.figures.style import FAINT, HULL, MARGIN, blank, themed
from phiscope.words.numbers import percent

CAPTION = "Shares measured in this run, with their intervals, and beside them the published value where there is one."
CATEGORY = "Beside the papers"
ALT = "Shares measured in this run with intervals, beside the published values"
DENSE = False
WHEN = "always"


@themed
def draw(paper_comparison: pd.DataFrame) -> Figure:
    """paper_comparison: the table of that name; only the rows whose unit is `share` are drawn."""
    require(paper_comparison, "paper_comparison", "quantity", "unit", "paper_value", "value", "ci_low", "ci_high")
    rows = paper_comparison[paper_comparison["unit"] == "share"]
    if rows.empty:
        raise DataError("paper_comparison: no row has the unit `share`; expected at least one to draw")
    names = ["\n".join(textwrap.wrap(str(name), 44)) for name in rows["quantity"]]
    figure = blank(height=1.0 + sum(0.17 + 0.155 * (name.count("\n") + 1) for name in names))
    ax = figure.subplots()
    for place, row in enumerate(rows.to_dict("records")):
        _row(ax, place, row)
    ax.set_yticks(range(len(rows)), names)
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(-0.02, 1.02), ylim=(len(rows) - 0.5, -0.5))
    ax.set_title("● this run, with interval", color=MARGIN)
    if rows["paper_value"].notna().any():
        ax.set_title("◆ the paper", loc="right", color=HULL)
    ax.xaxis.set_major_formatter(PercentFormatter(1.0))
    ax.spines["left"].set_visible(False)
    return figure


def _row(ax: Axes, place: int, row: dict) -> None:
    ax.axhline(place, color=FAINT, lw=0.6, zorder=0)
    if np.isfinite(row["ci_low"]) and np.isfinite(row["ci_high"]):
        ax.hlines(place, row["ci_low"], row["ci_high"], color=MARGIN, lw=2.4, zorder=3)
    ax.scatter([row["paper_value"]], [place], marker="D", s=40, color=HULL, lw=0, zorder=2)
    ax.scatter([row["value"]], [place], s=30, color=MARGIN, lw=0, zorder=4)
    # On the side where the paper's marker is not, as long as there is room.
    left = row["value"] > 0.9 or (row["paper_value"] > row["value"] > 0.12)
    ax.annotate(
        percent(row["value"]), (row["value"], place), xytext=(-7 if left else 7, 4),
        textcoords="offset points", ha="right" if left else "left", color=MARGIN, fontsize=8.0,
    )  # fmt: skip
