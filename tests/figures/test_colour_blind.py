"""What a figure tells apart by colour can be told apart by those who see fewer colours, or by shape or dash as well.

Three kinds of colour-blindness are simulated (Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB); what is
compared are the colours of points and lines that share axes, as CIEDE2000 differences.
"""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from skimage.color import deltaE_ciede2000, rgb2lab

from phiscope import figures
from phiscope.figures import FIGURES

SIMULATED = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
LEAST = 11.0  # of CIEDE2000: two colours that are seen as different at a glance, also in thin lines


def seen(colour, kind: str | None) -> np.ndarray:
    """An sRGB colour as (L, a, b), as it looks with a kind of colour-blindness."""
    srgb = np.asarray(to_rgba(colour)[:3])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    if kind is not None:
        linear = np.clip(np.asarray(SIMULATED[kind]) @ linear, 0, 1)
    back = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return rgb2lab(back[None, None])[0, 0]


def difference(one, other) -> float:
    """The least over all ways of seeing."""
    return min(float(deltaE_ciede2000(seen(one, kind), seen(other, kind))) for kind in (None, *SIMULATED))


def series(ax) -> list[tuple[tuple, tuple]]:
    """(colour, shape) of what is drawn point by point or as a line; shapes differ by marker or dash."""
    found = []
    for line in ax.get_lines():
        dashes = line._unscaled_dash_pattern
        marker = line.get_marker() if line.get_marker() not in ("None", None, "") else ""
        found.append((to_rgba(line.get_color()), ("line", str(dashes), marker if marker != "" else "")))
    for points in ax.collections:
        if isinstance(points, PathCollection) and len(points.get_offsets()):
            colours = points.get_facecolor() if len(points.get_facecolor()) else points.get_edgecolor()
            filled = bool(len(points.get_facecolor()))
            if len(colours) == 1:  # one colour for all: a group; a colour for each is a scale
                path = points.get_paths()[0]
                found.append((tuple(colours[0]), ("points", path.vertices.tobytes(), filled)))
    return found


def alike(one: tuple, other: tuple) -> bool:
    return one[1] == other[1] and one[0][:3] != other[0][:3] and difference(one[0], other[0]) < LEAST


def test_the_simulation_knows_what_looks_alike():
    """Red and green of one lightness, to who lacks either cone; blue and orange stay apart."""
    assert difference("#b35900", "#7a7a00") < LEAST
    assert difference("#0072b2", "#c24f00") > 30
    assert difference("black", "white") > 90


@pytest.mark.parametrize("name", FIGURES)
def test_no_two_series_of_one_shape_look_alike(name, frames):
    figure = figures.draw(name, **frames[name])
    for ax in figure.axes:
        pairs = [pair for pair in combinations(series(ax), 2) if alike(*pair)]
        assert not pairs, f"{name}: {[(one[0], other[0], difference(one[0], other[0])) for one, other in pairs[:3]]}"
