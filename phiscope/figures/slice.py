"""Figure 1 on a real plane through feature space: regions of the classes, the sample's ball, its flip points."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from scipy.ndimage import gaussian_filter

from phiscope.figures.frames import require
from phiscope.figures.style import HULL, INK, MUTED, blank, class_colours, themed

_BALL = "#c2266b"
_TINT = 0.35  # how much of a class's colour its region keeps
_SMALLEST = 0.012  # regions below this share of the picture get no name


@themed
def draw(grid: pd.DataFrame, points: pd.DataFrame) -> Figure:
    """grid: u, v on a regular grid with class, class_name, inside_domain; points: kind, u, v, radius, label.

    Kinds: `sample` (its ball has that radius), `flip` (a line shows the distance; `distance`, if the frame has it,
    is written, else the length in the plane), `hull` (the projection), `train` and others as small dots. u and v are
    orthonormal coordinates, so that distances and the ball are those of feature space.
    """
    require(grid, "slice grid", "u", "v", "class", "class_name", "inside_domain")
    require(points, "slice points", "kind", "u", "v", "radius", "label")
    field = _Field(grid)
    height, width = np.ptp(field.v), np.ptp(field.u)
    figure = blank(height=float(np.clip(6.4 * height / width, 3.0, 7.0)) + 0.5, width=6.8)
    ax = figure.subplots()
    _regions(ax, field)
    _points(ax, points)
    ax.set(xlim=field.extent[:2], ylim=field.extent[2:], aspect="equal")
    ax.set(xlabel="first direction in the plane", ylabel="second direction in the plane")
    return figure


class _Field:
    """The grid as pictures: rows v upwards, columns u."""

    def __init__(self, grid: pd.DataFrame) -> None:
        square = grid.pivot(index="v", columns="u", values=["class", "inside_domain"])
        self.u, self.v = square["class"].columns.to_numpy(float), square["class"].index.to_numpy(float)
        self.classes = square["class"].to_numpy(int)
        self.inside = square["inside_domain"].to_numpy(bool)
        self.names = dict(zip(grid["class"], grid["class_name"].astype(str)))
        du, dv = self._step(self.u), self._step(self.v)
        self.extent = (self.u[0] - du / 2, self.u[-1] + du / 2, self.v[0] - dv / 2, self.v[-1] + dv / 2)

    @staticmethod
    def _step(axis: np.ndarray) -> float:
        return float(axis[1] - axis[0]) if len(axis) > 1 else 1.0


def _regions(ax: Axes, field: _Field) -> None:
    """Tinted regions with their names, lines between them, and what lies outside the domain hatched."""
    present = sorted(field.names)
    colours = np.array(class_colours(max(present) + 1))[present]
    tints = ListedColormap(1 - _TINT * (1 - colours))
    position = np.searchsorted(present, field.classes)
    ax.imshow(
        position, extent=field.extent, origin="lower", cmap=tints, vmin=-0.5, vmax=len(present) - 0.5,
        interpolation="nearest",
    )  # fmt: skip
    for number in present:
        _edge(ax, field, field.classes == number, colors=INK, linewidths=0.9)
        _name(ax, field, field.classes == number, field.names[number])
    if not field.inside.all():
        outside = np.where(field.inside, 0.0, 1.0)
        ax.contourf(field.u, field.v, outside, levels=[0.5, 1.5], colors=["#ffffff99"], hatches=["////"])
        _edge(ax, field, ~field.inside, colors=MUTED, linewidths=1.3, linestyles="--")
        _name(ax, field, ~field.inside, "outside the domain", color=MUTED)


def _edge(ax: Axes, field: _Field, mask: np.ndarray, **line) -> None:
    """The border of a region; smoothed over one cell so that the grid leaves no stairs."""
    if mask.any() and not mask.all() and min(mask.shape) > 1:
        ax.contour(field.u, field.v, gaussian_filter(mask.astype(float), 1.0, mode="nearest"), [0.5], zorder=3, **line)


def _name(ax: Axes, field: _Field, mask: np.ndarray, text: str, color: str = INK) -> None:
    """Write a region's name where it is widest: at the cell farthest from its border."""
    if mask.mean() < _SMALLEST:
        return
    from scipy.ndimage import distance_transform_edt

    row, column = np.unravel_index(distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1].argmax(), mask.shape)
    ax.annotate(text, (field.u[column], field.v[row]), ha="center", va="center", color=color, style="italic", zorder=4)


def _points(ax: Axes, points: pd.DataFrame) -> None:
    crowd = points[~points["kind"].isin(["sample", "flip", "hull"])]
    ax.scatter(crowd["u"], crowd["v"], s=6, color=MUTED, lw=0, alpha=0.7, zorder=4)
    for sample in points[points["kind"] == "sample"].to_dict("records"):
        centre = (sample["u"], sample["v"])
        if np.isfinite(sample["radius"]):
            ax.add_patch(Circle(centre, sample["radius"], facecolor="none", edgecolor=_BALL, lw=1.8, zorder=5))
        for flip in points[points["kind"] == "flip"].to_dict("records"):
            _arrow(ax, centre, flip, INK, "D")
        for hull in points[points["kind"] == "hull"].to_dict("records"):
            _arrow(ax, centre, hull, HULL, "s")
        ax.scatter(*centre, s=60, color=_BALL, edgecolor="white", lw=1.0, zorder=7)
        _label(ax, centre, sample["label"], _BALL, (7, 6))


def _arrow(ax: Axes, start: tuple[float, float], point: dict, colour: str, marker: str) -> None:
    """A line from the sample to a point, with the point's name and distance."""
    end = (point["u"], point["v"])
    ax.plot([start[0], end[0]], [start[1], end[1]], color=colour, lw=1.1, ls="-", zorder=5)
    ax.scatter(*end, s=30, marker=marker, color=colour, edgecolor="white", lw=0.8, zorder=6)
    distance = point.get("distance", np.nan)
    if not np.isfinite(distance):
        distance = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    right = end[0] >= start[0]
    up = end[1] >= start[1]
    _label(ax, end, f"{point['label']} {distance:.3g}", colour, (7 if right else -7, 5 if up else -5))


def _label(ax: Axes, place: tuple[float, float], text: str, colour: str, shift: tuple[float, float]) -> None:
    ax.annotate(
        text, place, xytext=shift, textcoords="offset points", color=colour, zorder=8,
        ha="left" if shift[0] > 0 else "right", va="bottom" if shift[1] > 0 else "top",
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1.2},
    )  # fmt: skip
