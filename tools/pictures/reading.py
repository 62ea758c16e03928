"""Margin, hull, ball, certificate and noise on two features: every point, distance and bound is the library's own.

A head on two features that gives a sample the class with the nearest mean, and thirty training samples of each class.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon
from numpy.typing import NDArray

from phiscope import figures
from phiscope.figures.style import FAINT, HULL, INK, MARGIN, MUTED, blank, themed
from phiscope.geometry import hull, margin

Array = NDArray[np.float64]
MEANS = np.array([[1.3, 1.3], [4.4, 1.6], [2.7, 4.3]])
NAMES, MARKERS, SHADES = ("a", "b", "c"), ("o", "s", "^"), ("#dcebf5", "#fbe6d4", "#e4efe0")
LIMITS = ((0.0, 7.0), (0.0, 6.0))
SAMPLES = {"A": (1.7, 1.35), "B": (2.95, 0.1), "C": (6.5, 1.0), "D": (2.8, 2.35)}

_PATCH = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8}  # behind text that crosses something


class Toy(NamedTuple):
    """features (n, 2) and labels (n,) of the training set; weight (2, 3) and bias (3,) of the head."""

    features: Array
    labels: NDArray[np.int64]
    weight: Array
    bias: Array


def toy() -> Toy:
    labels = np.repeat(np.arange(3), 30)
    drawn = MEANS[labels] + np.random.default_rng(7).normal(size=(90, 2)) * 0.48
    return Toy(np.maximum(drawn, 0.05), labels, MEANS.T.copy(), -0.5 * (MEANS**2).sum(1))


def write(folder: Path) -> None:
    """Draw all pictures of docs/reading.md into a folder."""
    known = toy()
    for name, draw in {"margin": draw_margin, "hull": draw_hull, "certificate": draw_certificate,
                       "four": draw_four, "noise": draw_noise}.items():  # fmt: skip
        (folder / f"reading-{name}.svg").write_bytes(figures.encode(draw(known), "svg"))


def _plane(ax: Axes, known: Toy, *, points: bool = True) -> None:
    """The regions of the classes and the training samples."""
    for own, shade in enumerate(SHADES):
        ax.add_patch(Polygon(_region(known, own), facecolor=shade, edgecolor=MUTED, lw=0.8))
    if points:
        for label, marker in enumerate(MARKERS):
            ax.scatter(*known.features[known.labels == label].T, s=11, marker=marker, color=MUTED, alpha=0.8, lw=0)
    for name, (x, y) in zip(NAMES, ((0.25, 2.95), (5.3, 3.0), (4.4, 5.4))):
        ax.text(x, y, f"class {name}", color=INK)
    ax.set(xlim=LIMITS[0], ylim=LIMITS[1], aspect="equal", xlabel="feature 1", ylabel="feature 2")


def _region(known: Toy, own: int) -> Array:
    """Corners of the part of the plane that the head gives one class."""
    corners = np.array([(x, y) for x in LIMITS[0] for y in LIMITS[1]])[[0, 2, 3, 1]]
    for other in set(range(3)) - {own}:
        ahead = corners @ (known.weight[:, own] - known.weight[:, other]) + known.bias[own] - known.bias[other]
        kept = []
        for here, there, now, then in zip(corners, np.roll(corners, -1, 0), ahead, np.roll(ahead, -1)):
            kept += [here] if now >= 0 else []
            kept += [here + now / (now - then) * (there - here)] if now * then < 0 else []
        corners = np.array(kept)
    return corners


def _dot(ax: Axes, point: Array, name: str, away: tuple[float, float] = (6, 6)) -> None:
    ax.scatter(*point, s=42, marker="D", color=INK, zorder=5)
    ax.annotate(name, point, xytext=away, textcoords="offset points", weight="bold", zorder=6)


def _line(ax: Axes, start: Array, end: Array, colour: str, text: str, share: float = 0.5, style: str = "-",
          away: tuple[float, float] = (5, 4)) -> None:  # fmt: skip
    ax.plot(*np.stack([start, end]).T, color=colour, lw=1.6, ls=style, zorder=4)
    ax.annotate(text, start + share * (end - start), xytext=away, textcoords="offset points", color=colour, zorder=6,
                bbox=_PATCH)  # fmt: skip


def _outline(ax: Axes, known: Toy) -> None:
    from scipy.spatial import ConvexHull  # deferred: for the picture alone

    corners = known.features[ConvexHull(known.features).vertices]
    ax.add_patch(Polygon(corners, closed=True, facecolor="none", edgecolor=HULL, lw=1.4, zorder=3))


@themed
def draw_margin(known: Toy) -> Figure:
    """One sample, its flip points to the other classes, its margin and its ball."""
    figure = blank(4.6, 5.6)
    ax = figure.subplots()
    _plane(ax, known, points=False)
    x = np.array(SAMPLES["A"])
    flips = margin.flip_points(x[None], known.weight, known.bias)
    for flip, distance, other in zip(flips.point, flips.distance, flips.other_class):
        closest = distance == flips.distance.min()
        label = f"margin {distance:.2f}" if closest else f"to class {NAMES[other]}: {distance:.2f}"
        _line(ax, x, flip, MARGIN, label, style="-" if closest else "--", away=(4, -12) if closest else (6, 2))
        ax.scatter(*flip, s=34, marker="X", color=MARGIN, zorder=5)
        ax.annotate(f"flip point to {NAMES[other]}", flip, xytext=(7, -3), textcoords="offset points", color=MARGIN)
    ax.add_patch(Circle(tuple(x), flips.distance.min(), facecolor="none", edgecolor=MARGIN, ls=":", lw=1.3))
    ax.annotate("ball: all of it is class a", x - (0.25, 0.5), color=MARGIN, ha="center", va="top", size=8)
    _dot(ax, x, "A", (-14, 4))
    return figure


def _sample_outside(known: Toy) -> tuple[Figure, Axes, NDArray, hull.HullProjection]:
    """The plane with the outline of the hull, a sample outside of it, and its projection."""
    figure = blank(4.6, 5.6)
    ax = figure.subplots()
    _plane(ax, known)
    _outline(ax, known)
    x = np.array(SAMPLES["C"])
    return figure, ax, x, hull.project(x[None], known.features)


@themed
def draw_hull(known: Toy) -> Figure:
    """One sample outside of the hull, its projection, and the training samples that this is a mixture of."""
    figure, ax, x, projection = _sample_outside(known)
    rows, weights = projection.support(0)
    z = weights @ known.features[rows]
    _line(ax, x, z, HULL, f"hull distance {projection.distance[0]:.2f}", 0.7, away=(2, 6))
    ax.scatter(*z, s=34, marker="X", color=HULL, zorder=5)
    ax.annotate("projection z", z, xytext=(-66, -3), textcoords="offset points", color=HULL,
                bbox=_PATCH)  # fmt: skip
    for row, weight in zip(rows, weights):
        ax.scatter(*known.features[row], s=46, facecolor="none", edgecolor=HULL, lw=1.4, zorder=5)
        lift = 6 if known.features[row][1] > z[1] else -14
        ax.annotate(f"support, weight {weight:.2f}", known.features[row], xytext=(6, lift), textcoords="offset points",
                    color=HULL)  # fmt: skip
    _dot(ax, x, "C", (5, 6))
    return figure


@themed
def draw_certificate(known: Toy) -> Figure:
    """A point of the hull that is not yet the nearest: what it proves all the same."""
    figure, ax, x, projection = _sample_outside(known)
    rows, weights = projection.support(0)
    nearest = weights @ known.features[rows]
    rough = nearest + 0.16 * (known.features.mean(0) - nearest) + 0.06 * (known.features[rows[-1]] - nearest)
    gap = float(((rough - known.features) @ (rough - x)).max())
    distance = float(np.linalg.norm(rough - x))
    lower = distance - gap / distance
    normal = (rough - x) / distance
    along = np.array([-normal[1], normal[0]])
    foot = x + lower * normal
    ax.plot(*np.stack([foot - 6 * along, foot + 6 * along]).T, color=INK, lw=1.1, ls="--")
    ax.annotate("no training sample\non this side", foot + 3.1 * along * np.sign(along[1]), xytext=(8, -6),
                textcoords="offset points")  # fmt: skip
    _line(ax, x, rough, HULL, f"to z: {distance:.3f}", 0.62, away=(-52, -17))
    ax.scatter(*rough, s=34, marker="X", color=HULL, zorder=5)
    ax.annotate("z, not yet the nearest", rough, xytext=(-116, -4), textcoords="offset points", color=HULL)
    ax.annotate(
        f"gap g = {gap:.3f}\nproven: at least {distance:.3f} − g/{distance:.3f} = {lower:.3f}\n"
        f"true distance {projection.distance[0]:.3f}",
        (0.02, 0.98), xycoords="axes fraction", va="top", bbox={"facecolor": "white", "edgecolor": FAINT, "pad": 3},
    )  # fmt: skip
    _dot(ax, x, "C", (5, 6))
    return figure


@themed
def draw_four(known: Toy) -> Figure:
    """Four samples in feature space, and the same four by margin and hull distance."""
    figure = blank(3.6, 7.2)
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
    _plane(left, known)
    _outline(left, known)
    points = np.array(list(SAMPLES.values()))
    margins = margin.closest_flip(points, known.weight, known.bias).distance
    distances = hull.project(points, known.features).distance
    words = {"A": "sure, and inside", "B": "ambiguous", "C": "sure, but far outside", "D": "close call, inside"}
    for name, point, near, far in zip(SAMPLES, points, margins, distances):
        _dot(left, point, name)
        right.scatter(far, near, s=42, marker="D", color=INK, zorder=5)
        lift = 25 if name == "D" else 0  # above its neighbour
        right.annotate(f"{name}: {words[name]}\n$d_f - d_h$ = {near - far:+.2f}", (far, near), xytext=(7, lift),
                       textcoords="offset points", va="center", bbox=_PATCH)  # fmt: skip
    end = 1.12 * max(margins.max(), distances.max())
    right.plot([0, end], [0, end], color=MUTED, lw=1, ls="--")
    right.annotate("boundary and hull\nequally far", (0.62 * end, 0.62 * end), xytext=(4, -20), color=MUTED,
                   textcoords="offset points")  # fmt: skip
    right.set(xlim=(-0.08, 1.75 * distances.max()), ylim=(-0.25, end), xlabel="hull distance $d_h$",
              ylabel="margin $d_f$")  # fmt: skip
    return figure


@themed
def draw_noise(known: Toy) -> Figure:
    """Two samples beside the hull, with how far rounding may have moved them."""
    figure = blank(3.2, 6.4)
    ax = figure.subplots()
    noise = 0.1
    _outline(ax, known)
    ax.scatter(*known.features.T, s=14, color=MUTED, lw=0)
    projection = hull.project(np.array([[6.5, 1.0]]), known.features)
    rows, weights = projection.support(0)
    edge = weights @ known.features[rows]
    outward = (np.array([6.5, 1.0]) - edge) / projection.distance[0]
    along = np.array([-outward[1], outward[0]])
    queries = np.stack([edge + 0.07 * outward - 0.16 * along, edge + 0.24 * outward + 0.22 * along])
    judged = hull.project(queries, known.features)
    for query, distance, lower in zip(queries, judged.distance, judged.distance_lower):
        position = "outside" if lower > noise else "within_noise"
        ax.add_patch(Circle(tuple(query), noise, facecolor=FAINT, edgecolor=MUTED, alpha=0.6))
        ax.scatter(*query, s=30, marker="D", color=INK, zorder=5)
        ax.annotate(f"{position}\ndistance {distance:.2f}, noise {noise:.2f}", query, xytext=(30, 0),
                    textcoords="offset points", va="center")  # fmt: skip
    ax.annotate("hull", edge - 0.45 * outward, color=HULL)
    ax.set(xlim=(edge[0] - 0.7, edge[0] + 1.25), ylim=(edge[1] - 0.5, edge[1] + 0.55), aspect="equal",
           xlabel="feature 1", ylabel="feature 2")  # fmt: skip
    return figure
