"""The common look: one theme, colours with one meaning everywhere, and the small pieces that figures share."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any
from weakref import WeakSet

import matplotlib
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phiscope.figures.colours import FAINT as FAINT
from phiscope.figures.colours import HULL as HULL
from phiscope.figures.colours import INK as INK
from phiscope.figures.colours import MARGIN as MARGIN
from phiscope.figures.colours import MUTED as MUTED
from phiscope.figures.colours import SPACES as SPACES
from phiscope.figures.colours import SPLITS as SPLITS
from phiscope.figures.colours import WRONG as WRONG

WIDTH = 7.2  # inches; the report's text column
NARROW = 4.2  # and that of a narrow screen
DENSITY = sns.color_palette("blend:#d4e5f1,#0a6aa6", as_cmap=True)

_THEME = {
    **sns.axes_style("ticks"),
    **sns.plotting_context("paper"),
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.labelsize": 9.0,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "figure.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


def themed(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """Let `draw` run under the theme, and leave matplotlib's settings as they were."""

    @functools.wraps(draw)
    def wrapper(*args: Any, **kwargs: Any) -> Figure:
        with matplotlib.rc_context(_THEME):
            return draw(*args, **kwargs)

    return wrapper


_narrow: ContextVar[bool] = ContextVar("narrow", default=False)
_GAP = 0.04  # between data and a legend above them, of the height of the axes
_FEW_CLASSES = 12  # whose colours can be told apart by a legend
_LONG = 22  # characters of an entry of a legend that leave no room for another beside it
_of_one_axis: WeakSet[Figure] = WeakSet()  # stacked figures whose panels in a row shared an axis


@contextlib.contextmanager
def narrow() -> Iterator[None]:
    """Panels that stand beside each other are drawn one below the other, for screens that are as narrow as one."""
    token = _narrow.set(True)
    try:
        yield
    finally:
        _narrow.reset(token)


def blank(height: float, width: float = WIDTH) -> Figure:
    """An empty figure of that size in inches, which keeps labels from overlapping by itself."""
    return Figure(figsize=(min(width, NARROW) if _narrow.get() else width, height), layout="constrained")


def words_alone(text: str) -> Figure:
    """A figure that says why there is nothing to see."""
    figure = blank(height=0.6)
    figure.text(0.01, 0.5, text, va="center", color=MUTED)
    return figure


def panels(rows: int, columns: int, height: float, width: float = WIDTH, **options: Any) -> tuple[Figure, np.ndarray]:
    """A figure with rows x columns axes, each row `height` inches high; axes always as a 2-D array."""
    if _narrow.get() and columns > 1:
        figure = blank(rows * columns * height)
        x, y = (options.get(axis) is True for axis in ("sharex", "sharey"))
        if options.get("sharey"):
            _of_one_axis.add(figure)
        return figure, figure.subplots(rows * columns, 1, squeeze=False, sharex=x, sharey=y).reshape(rows, columns)
    figure = blank(rows * height, width)
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def columns_for(count: int, most: int) -> int:
    """How many of `count` panels stand beside each other: at most so many, one on a narrow screen."""
    return 1 if _narrow.get() else min(count, most)


def settle_stacked(figure: Figure) -> None:
    """After panels were stacked: legends of two columns at most, and a named axis where it was said once for a row."""
    for legend in list(figure.legends):
        entries = [text.get_text() for text in legend.get_texts()]
        columns = 1 if max(map(len, entries), default=0) > _LONG else 2
        legend.remove()
        handles = [handle for handle in legend.legend_handles if handle is not None]
        figure.legend(handles, entries, loc="outside lower center", ncols=columns, frameon=False)
    label = ""
    for ax in figure.axes if figure in _of_one_axis else ():
        label = ax.get_ylabel() or label
        ax.set_ylabel(label)
        ax.tick_params(labelleft=True)


def legend_above(ax: Axes, **options: Any) -> None:
    """A legend in the upper part of the axes, whose upper limit is raised until the data end below it."""
    legend = ax.legend(**{"frameon": False, "loc": "upper right", "handlelength": 1.2, "borderaxespad": 0.2} | options)
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    share = min(0.8, legend.get_window_extent().height / ax.get_window_extent().height + _GAP)
    scale = ax.yaxis.get_transform()
    low, high = scale.transform(np.array(ax.get_ylim()))
    ax.set_ylim(top=float(scale.inverted().transform(np.array([low + (high - low) / (1 - share)]))[0]))


def class_legend(figure: Figure, classes: Sequence[str]) -> None:
    """Which colour of `class_colours` is which class, below the figure; nothing where there are too many to read."""
    if len(classes) <= _FEW_CLASSES:
        handles = [Line2D([], [], color=colour, lw=3) for colour in class_colours(len(classes))]
        columns = min(len(classes), 10 if max(map(len, classes)) <= 4 else 5)
        figure.legend(
            handles, classes, loc="outside lower center", ncols=columns, frameon=False, handlelength=0.8,
            columnspacing=1.2,
        )  # fmt: skip


def note(ax: Axes, lines: Sequence[tuple[str, str]], *, x: float = 0.98, y: float = 0.96) -> None:
    """Write (text, colour) lines below each other into a corner of the axes: right-aligned from the right half."""
    side = "right" if x > 0.5 else "left"
    for step, (text, colour) in enumerate(lines):
        ax.annotate(
            text,
            (x, y),
            xycoords="axes fraction",
            xytext=(0, -13 * step),
            textcoords="offset points",
            ha=side,
            va="top",
            color=colour,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0},
            zorder=6,
        )


def upper_limit(values: np.ndarray, share: float = 1.0) -> float:
    """Where an axis from 0 ends so that `share` of the finite values are on it; 1 if there is nothing to show."""
    finite = values[np.isfinite(values)]
    top = float(np.quantile(finite, share)) if finite.size else 0.0
    return top * 1.04 if top > 0 else 1.0


def robust_limit(values: np.ndarray) -> float:
    """Where an axis from 0 ends so that few far values do not squeeze the others: 1 if there is nothing to show.

    Those further out than twice the quantile that 99 % do not pass are left out; mostly there are none.
    """
    finite = values[np.isfinite(values)]
    bound = 2 * float(np.quantile(finite, 0.99)) if finite.size else 0.0
    return upper_limit(finite[finite <= bound]) if bound > 0 else upper_limit(finite)


def class_colours(count: int) -> list[tuple[float, float, float]]:
    """One colour per class; beyond ten, evenly spread hues."""
    return sns.color_palette("colorblind", count) if count <= 10 else sns.husl_palette(count, l=0.6)
