"""This run beside the papers: shares with their intervals against the values the papers state."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.errors import DataError
from phiscope.figures.frames import require
from phiscope.figures.style import FAINT, HULL, MARGIN, blank, percent, themed

_SHARES = ("share of", "accuracy of", "support images with")


@themed
def draw(paper_comparison: pd.DataFrame) -> Figure:
    """paper_comparison: the table of that name; only shares are drawn (see `is_share`)."""
    require(paper_comparison, "paper_comparison", "quantity", "paper_value", "value", "ci_low", "ci_high")
    rows = paper_comparison[[is_share(name) for name in paper_comparison["quantity"]]]
    if rows.empty:
        raise DataError(
            f"paper_comparison: no quantity is a share; expected at least one whose name begins with {_SHARES}"
        )
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


def is_share(quantity: str) -> bool:
    """Whether a quantity of the table is a share in [0, 1], told by how its name begins."""
    return quantity.startswith(_SHARES)


def _row(ax: Axes, place: int, row: dict) -> None:
    ax.axhline(place, color=FAINT, lw=0.6, zorder=0)
    if np.isfinite(row["ci_low"]) and np.isfinite(row["ci_high"]):
        ax.hlines(place, row["ci_low"], row["ci_high"], color=MARGIN, lw=2.4, zorder=3)
    ax.scatter([row["paper_value"]], [place], marker="D", s=40, color=HULL, lw=0, zorder=2)
    ax.scatter([row["value"]], [place], s=30, color=MARGIN, lw=0, zorder=4)
    # On the side where the paper's marker is not, as long as there is room.
    left = row["value"] > 0.9 or (row["paper_value"] > row["value"] > 0.12)
    digits = 1 if row["value"] == 0 or row["value"] >= 0.005 else 2
    ax.annotate(
        percent(row["value"], digits), (row["value"], place), xytext=(-7 if left else 7, 4),
        textcoords="offset points", ha="right" if left else "left", color=MARGIN, fontsize=8.0,
    )  # fmt: skip
