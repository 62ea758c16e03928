"""A plane through feature space: regions of classes, a sample's ball, its flip points (Yousefzadeh 2022, Figure 1)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from scipy.ndimage import distance_transform_edt, gaussian_filter

from phiscope.figures.checks import require
from phiscope.figures.style import HULL, INK, MUTED, blank, class_colours, themed

CAPTION = (
    "The plane through a test sample and its closest flip points with two other classes. Coloured: what the network "
    "answers at each point of the plane. Diamonds: the flip points, with their distance. Circle: the ball up to the "
    "closest one. Square, where there is a training set: the closest point of its hull, as seen in this plane; the "
    "distance written beside it is the true one."
)
CATEGORY = "Where samples stand"
ALT = "A plane through feature space with the regions of the classes, one sample, its ball and its closest flip points"
DENSE = True
WHEN = "samples"

_BALL = "#c2266b"
_TINT = 0.35  # how much of a class's colour its region keeps
_MARKERS = {"flip": (INK, "D"), "hull": (HULL, "s")}
_APART = np.pi / 5  # the least angle between two labels
_SMALLEST = 0.012  # regions below this share of the picture get no name


@themed
def draw(slice_grid: pd.DataFrame, slice_points: pd.DataFrame) -> Figure:
    """slice_grid: u, v on a regular grid with class, class_name, inside_domain; slice_points: kind, u, v, radius,
    label.

    Kinds: `sample` (its ball has that radius), `flip` (a line shows the distance; `distance`, if the frame has it,
    is written, else the length in the plane), `hull` (the projection), `train` and others as small dots. u and v are
    orthonormal coordinates, so that distances and the ball are those of feature space.
    """
    require(slice_grid, "slice grid", "u", "v", "class", "class_name", "inside_domain")
    require(slice_points, "slice points", "kind", "u", "v", "radius", "label")
    field = _Field(slice_grid)
    height, width = np.ptp(field.v), np.ptp(field.u)
    figure = blank(height=float(np.clip(6.4 * height / width, 3.0, 7.0)) + 0.5, width=6.8)
    ax = figure.subplots()
    _regions(ax, field, _off_balls(field, slice_points))
    _points(ax, slice_points)
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


def _off_balls(field: _Field, points: pd.DataFrame) -> np.ndarray:
    """The cells at some distance from every ball, where words do not meet its circle."""
    free = np.ones(field.classes.shape, bool)
    for ball in points[points["kind"] == "sample"].itertuples():
        away = np.hypot(field.u[None, :] - ball.u, field.v[:, None] - ball.v)
        free &= ~(away < 1.1 * ball.radius)  # a NaN radius keeps every cell
    return free


def _regions(ax: Axes, field: _Field, free: np.ndarray) -> None:
    """Tinted regions with their names, lines between them, and what lies outside the domain faded."""
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
        region = field.classes == number
        if not _name(ax, field, region & field.inside, field.names[number]):
            _name(ax, field, region & free, field.names[number], color=MUTED)
    if not field.inside.all():
        veil = np.zeros((*field.inside.shape, 4))
        veil[~field.inside] = (1.0, 1.0, 1.0, 0.6)
        ax.imshow(veil, extent=field.extent, origin="lower", interpolation="nearest", zorder=3.2)
        _edge(ax, field, ~field.inside, colors=MUTED, linewidths=1.3, linestyles="--")
        _name(ax, field, ~field.inside & free, "outside\nthe domain", color=MUTED)


def _edge(ax: Axes, field: _Field, mask: np.ndarray, **line) -> None:
    """The border of a region; smoothed over a cell so that the grid leaves no stairs."""
    if mask.any() and not mask.all() and min(mask.shape) > 1:
        ax.contour(
            field.u, field.v, gaussian_filter(mask.astype(float), 1.2, mode="nearest"), [0.5], zorder=3.1, **line
        )


def _name(ax: Axes, field: _Field, mask: np.ndarray, text: str, color: str = INK) -> bool:
    """Write a region's name where it is widest, at the cell farthest from its border; False if it is too small."""
    if mask.mean() < _SMALLEST:
        return False
    row, column = np.unravel_index(distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1].argmax(), mask.shape)
    ax.annotate(text, (field.u[column], field.v[row]), ha="center", va="center", color=color, style="italic", zorder=4)
    return True


def _points(ax: Axes, points: pd.DataFrame) -> None:
    crowd = points[~points["kind"].isin([*_MARKERS, "sample"])]
    ax.scatter(crowd["u"], crowd["v"], s=6, color=MUTED, lw=0, alpha=0.7, zorder=4)
    for sample in points[points["kind"] == "sample"].to_dict("records"):
        u, v = sample["u"], sample["v"]
        centre = np.array([u, v])
        if np.isfinite(sample["radius"]):
            ax.add_patch(Circle((u, v), sample["radius"], facecolor="none", edgecolor=_BALL, lw=1.8, zorder=5))
        others = points[points["kind"].isin(list(_MARKERS))].to_dict("records")
        taken: list[np.ndarray] = []
        for other in others:
            taken.append(_free_way(np.array([other["u"], other["v"]]) - centre, taken))
            _spoke(ax, centre, other, taken[-1])
        ax.scatter(u, v, s=60, color=_BALL, edgecolor="white", lw=1.0, zorder=7)
        away = -np.sum([np.array([0.0, -1e-9]), *taken], axis=0)
        _label(ax, centre, f"sample: {sample['label']}", _BALL, _free_way(away, taken))


def _free_way(wanted: np.ndarray, taken: list[np.ndarray]) -> np.ndarray:
    """The direction nearest to the wanted one that keeps its distance from those taken, so that labels do not meet."""
    angle = np.arctan2(wanted[1], wanted[0])
    turns = np.array([sign * step for step in range(17) for sign in (1, -1)]) * np.pi / 16
    ways = [np.array([np.cos(angle + turn), np.sin(angle + turn)]) for turn in turns]
    free = (way for way in ways if all(way @ other < np.cos(_APART) for other in taken))
    return next(free, ways[0])


def _spoke(ax: Axes, centre: np.ndarray, point: dict, way: np.ndarray) -> None:
    """A line from the sample to a point, with the point's name and distance."""
    colour, marker = _MARKERS[point["kind"]]
    end = np.array([point["u"], point["v"]])
    ax.plot(*zip(centre, end), color=colour, lw=1.1, zorder=5)
    ax.scatter(end[0], end[1], s=30, marker=marker, color=colour, edgecolor="white", lw=0.8, zorder=6)
    distance = point.get("distance", np.nan)
    distance = distance if np.isfinite(distance) else float(np.linalg.norm(end - centre))
    _label(ax, end, f"{point['label']} ({distance:.3g})", colour, way)


def _label(ax: Axes, place: np.ndarray, text: str, colour: str, way: np.ndarray) -> None:
    """Text beside a point, in the direction `way`, of length 1."""
    across = "center" if abs(way[0]) < 0.4 else "left" if way[0] > 0 else "right"
    along = "center" if abs(way[1]) < 0.4 else "bottom" if way[1] > 0 else "top"
    ax.annotate(
        text, (place[0], place[1]), xytext=(10 * way[0], 10 * way[1]), textcoords="offset points",
        color=colour, zorder=8, ha=across, va=along,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1.2},
    )  # fmt: skip
