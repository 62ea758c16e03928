"""What the benchmarks look like: frames in, figures out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.style import HULL, INK, MARGIN, MUTED, blank, panels, themed


@themed
def scaling(rows: pd.DataFrame) -> Figure:
    """Time per query and memory, against n at the least d and against d at the most frequent n."""
    rows = rows.dropna(subset=["seconds"])
    rows = rows.assign(floor=1e3 * (rows["pass_before"] + rows["pass_after"]) / 2 / rows["m"])
    figure, axes = panels(2, 2, 2.3, sharex="col")
    cases = (("n", "vertices", rows[rows["d"] == rows["d"].min()]), ("d", "dimensions", _widths(rows)))
    for column, (axis, name, part) in enumerate(cases):
        part = part.sort_values(axis)
        _time(axes[0, column], part, axis)
        _memory(axes[1, column], part, axis)
        axes[1, column].set(xlabel=name, xticks=part[axis], xticklabels=[f"{value:,}" for value in part[axis]])
        axes[1, column].minorticks_off()
    axes[0, 0].set_ylabel("ms per query")
    axes[1, 0].set_ylabel("GB")
    axes[0, 0].legend(frameon=False)
    axes[1, 0].legend(frameon=False)
    return figure


def _widths(rows: pd.DataFrame) -> pd.DataFrame:
    """The cases that differ in d only."""
    return rows[rows["n"] == rows.groupby("n")["d"].nunique().idxmax()]


def _time(ax: Axes, part: pd.DataFrame, axis: str) -> None:
    ax.loglog(part[axis], part["ms_per_query"], "o-", color=HULL, label="projection, certified")
    ax.loglog(part[axis], part["floor"], "s--", color=MUTED, label="one product: the floor")
    linear = part["ms_per_query"].iloc[-1] * part[axis] / part[axis].iloc[-1]
    ax.loglog(part[axis], linear, ":", color=INK, linewidth=0.8, label=f"linear in {axis}")
    ax.set_title(f"{part['m'].iloc[0]:,} queries, " + _fixed(part, axis))


def _fixed(part: pd.DataFrame, axis: str) -> str:
    other = "d" if axis == "n" else "n"
    return f"{other} = {part[other].iloc[0]:,}"


def _memory(ax: Axes, part: pd.DataFrame, axis: str) -> None:
    ax.loglog(part[axis], part["peak_over_vertices_gb"].clip(lower=1e-3), "o-", color=HULL, label="peak over vertices")
    ax.loglog(part[axis], part["vertices_gb"], "s--", color=MUTED, label="vertices")


@themed
def ranking(rows: pd.DataFrame, value: str, label: str, remark: str) -> Figure:
    """A dot per solver on a logarithmic axis, the fastest on top; `remark` is the column written beside it."""
    rows = rows.dropna(subset=[value]).sort_values(value, ascending=False)
    figure = blank(0.8 + 0.28 * len(rows))
    ax = figure.subplots()
    ours = rows["solver"].str.startswith(("phiscope", "flip_points", "closest_flip"))
    ax.scatter(rows[value], np.arange(len(rows)), c=np.where(ours, MARGIN, MUTED))
    ax.set(xscale="log", xlabel=label, yticks=np.arange(len(rows)), yticklabels=rows["solver"])
    ax.set_xlim(rows[value].min() / 2, rows[value].max() * 10)
    for place, (where, text) in enumerate(zip(rows[value], rows[remark])):
        words = "" if pd.isna(text) else f"{remark.replace('_', ' ')} {text:.0e}"
        ax.annotate(words, (where, place), (7, 0), textcoords="offset points", va="center", color=MUTED, fontsize=7.5)
    return figure
