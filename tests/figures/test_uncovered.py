"""Legends and labels cover no data: what is measured is where they are drawn, in pixels of the finished figure."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection

from phiscope import figures
from phiscope.figures import FIGURES


def points_of(ax) -> np.ndarray:
    """Pixels (n, 2) of markers and along lines; lines that cross the whole axes, such as zero, are no data."""
    found = []
    for line in ax.get_lines():
        if line.get_transform() != ax.transData or not line.get_visible() or not len(line.get_xdata()):
            continue
        pixels = ax.transData.transform(np.column_stack(line.get_data()))
        pixels = pixels[np.isfinite(pixels).all(1)]
        if line.get_linestyle() != "None":  # and what lies between its ends
            pixels = np.concatenate([pixels, *(np.linspace(a, b, 40) for a, b in pairwise(pixels))])
        found.append(pixels)
    for points in ax.collections:
        if isinstance(points, PathCollection) and points.get_visible():
            found.append(points.get_offset_transform().transform(points.get_offsets()))
    inside = ax.get_window_extent()
    every = np.concatenate([np.empty((0, 2)), *found])
    return every[inside.x0 <= every[:, 0]] if len(every) else every


def boxes_of(ax, renderer):
    """(kind, words, box) of the legend and of every label within the axes."""
    inside = ax.get_window_extent()
    if (legend := ax.get_legend()) is not None and legend.get_visible():
        yield "legend", "", legend.get_window_extent(renderer)
    for text in ax.texts:
        box = text.get_window_extent(renderer)
        if text.get_text().strip() and text.get_visible() and inside.overlaps(box) and text.get_bbox_patch() is None:
            yield "label", text.get_text(), box


def covered(ax, renderer) -> list[str]:
    points, bars = points_of(ax), [bar.get_window_extent(renderer) for bar in ax.patches if bar.get_visible()]
    found = []
    for kind, words, box in boxes_of(ax, renderer):
        (x0, y0), (x1, y1) = (box.x0 + 1, box.y0 + 1), (box.x1 - 1, box.y1 - 1)
        hit = ((points > (x0, y0)) & (points < (x1, y1))).all(1).sum() if len(points) else 0
        if hit:
            found.append(f"{kind} {words!r} lies over {hit} points")
        if kind == "legend" and (over := sum(box.overlaps(bar) for bar in bars)):
            found.append(f"legend lies over {over} bars")
    return found


@pytest.mark.parametrize("name", FIGURES)
def test_no_legend_and_no_label_lies_over_data(name, frames):
    figure = figures.draw(name, **frames[name])
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    found = [each for ax in figure.axes for each in covered(ax, renderer)]
    plt.close(figure)
    assert not found, found[:5]


def test_what_lies_over_data_is_seen():
    figure, ax = plt.subplots()
    ax.plot([0, 1], [0, 1], label="through the middle")
    ax.legend(loc="center")
    ax.text(0.2, 0.2, "here", ha="center", va="center")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    found = covered(ax, renderer)
    plt.close(figure)
    assert [each.split()[0] for each in found] == ["legend", "label"]
