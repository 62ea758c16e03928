"""How many samples lie in the ball around each sample that the classifier gives one class, equation (13)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.rows import finite, per_view, view_title
from phiscope.figures.style import DENSITY, MUTED, SPLITS, note, panels, themed
from phiscope.words.numbers import percent, significant

CAPTION = (
    "Left: the share of balls that hold at least so many other samples. Then, for the balls around training and "
    "around test samples: radius against content; empty balls have a row of their own at 0."
)
CATEGORY = "Where samples stand"
ALT = "How many samples balls hold, and how that grows with the radius"
DENSE = False
WHEN = "always"
STACKS = True

_CROWD = 3000


@themed
def draw(main_balls: pd.DataFrame) -> Figure:
    """main_balls: one row per view, split and sample with radius, train_inside, test_inside.

    The first panel reads "this share of balls holds at least so many other samples": a ball that holds none
    counts in the denominator and needs no place on the logarithmic axis. The others are one per split.
    """
    require(main_balls, "main_balls", "split", "radius", "train_inside", "test_inside")
    main_balls = main_balls.assign(inside=main_balls["train_inside"] + main_balls["test_inside"])
    views = per_view(main_balls)
    splits = [split for split in ("train", "test") if (main_balls["split"] == split).any()]
    figure, axes = panels(len(views), 1 + len(splits), 2.7, width_ratios=[1.35] + [1.0] * len(splits))
    for line, (name, rows) in zip(axes, views.items()):
        parts = {split: rows[rows["split"] == split] for split in splits}
        _at_least(line[0], {split: part for split, part in parts.items() if len(part)})
        line[0].set_title(view_title(views, name))
        for ax, (split, part) in zip(line[1:], parts.items()):
            _radius(ax, finite(part, "radius"), split)
    return figure


def at_least(inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """k = 1, 2, ... where the share changes, and the share of balls that hold at least k samples."""
    counts, rows = np.unique(inside[inside > 0], return_counts=True)
    return counts, rows[::-1].cumsum()[::-1] / max(len(inside), 1)


def _at_least(ax: Axes, parts: dict[str, pd.DataFrame]) -> None:
    lines = []
    for split, part in parts.items():
        counts, share = at_least(part["inside"].to_numpy())
        some = share[0] if share.size else 0.0
        # From one sample on; where a count does not occur, as many balls hold it as the next that does.
        ax.plot(np.r_[1, counts], np.r_[some, share], color=SPLITS[split], lw=1.5)
        ax.scatter([1], [some], s=18, color=SPLITS[split], zorder=3)
        lines += [(f"{split}: {percent(some)} hold some,", SPLITS[split])]
        lines += [(f"{significant(part['inside'].mean())} on average", SPLITS[split])]
    # Below the curves where they start high, above them where they start low.
    high = max((part["inside"] > 0).mean() for part in parts.values()) > 0.5
    note(ax, lines, **({"x": 0.05, "y": 0.42} if high else {}))
    ax.set(xscale="log", ylim=(0, 1.02), xlabel="other samples inside, at least", ylabel="share of balls")
    ax.set_xlim(0.8, max(12.0, ax.get_xlim()[1]))
    ax.xaxis.set_major_locator(LogLocator(10, numticks=6))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 1 else ""))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))


def _radius(ax: Axes, rows: pd.DataFrame, split: str) -> None:
    """Radius against content; linear between 0 and 1 so that empty balls have their own line."""
    if rows.empty:
        ax.axis("off")
        return
    x, y = rows["radius"].to_numpy(float), rows["inside"].to_numpy(float)
    ax.set_yscale("symlog", linthresh=1.0, linscale=0.5)
    if len(x) > _CROWD:
        _density(ax, x, y)
    else:
        ax.scatter(x, y, s=7, color=SPLITS[split], alpha=0.35, lw=0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.set_title(f"{split}: at most {y.max():,.0f}")
    ax.set(xlabel="radius of the ball", ylabel="other samples inside")
    ax.set_xlim(left=0)
    ax.set_ylim(-0.25, max(1.2, y.max() * 2))
    ax.axhline(0, color=MUTED, lw=0.5, zorder=0)


def _density(ax: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Counts per cell; cells end halfway between whole numbers, so that every count lies well inside one."""
    edges = np.unique(np.floor(np.geomspace(1, y.max() + 1, 36))) - 0.5
    edges = np.r_[-0.25, 0.25, edges, y.max() + 0.5] if y.any() else np.array([-0.25, 0.25])
    edges = np.unique(edges)
    cells, across, up = np.histogram2d(x, y, bins=(np.linspace(0, x.max() * 1.0001, 45), edges))
    shown = np.ma.masked_less(np.log10(np.maximum(cells, 0.1)).T, 0.0)
    ax.pcolormesh(across, up, shown + 0.15, cmap=DENSITY, vmin=0.0, rasterized=True)
