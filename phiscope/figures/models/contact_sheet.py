"""Two images of each class with its name, as the classifier is given them: whether they are what they are called."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.pictures import as_picture, bare, image_of
from phiscope.figures.style import INK, MUTED, WIDTH, blank, themed

CAPTION = (
    "Two test images of each class as the classifier gets them, before normalisation: by the number of the output, the "
    "name of the class, and below each the file or the number of the image."
)
CATEGORY = "The classifier"
ALT = "Two test images of each class with its name"
DENSE = True
WHEN = "images"

_GAP, _ABOVE, _BELOW = 0.1, 0.17, 0.15  # inches: beside a class, for its name, for those of images
_CAPITAL = 0.66  # width of a capital or a digit, of the size of the font
_LETTER = 0.52  # width of a letter on average, of the size of the font; a point is 1 / 72 inch


@themed
def draw(contact_sheet: pd.DataFrame) -> Figure:
    """contact_sheet: an image a row, with number, class, name, channels, height, width, image; classes: how many there
    are, of which not all need be shown. A number of -1 stands for images without a label, which come last."""
    require(contact_sheet, "contact sheet", "number", "class", "name", "image", "classes")
    groups = sorted(contact_sheet.groupby("number"), key=lambda group: (group[0] < 0, group[0]))
    columns = min(len(groups), 5 if len(groups) <= 20 else 7)
    across = int(contact_sheet.groupby("number").size().max())
    width = (WIDTH - _GAP * (columns - 1)) / columns
    first = contact_sheet.iloc[0]
    each = min((width - 0.03 * (across - 1)) / across, 1.2)
    tall = each * float(first["height"]) / float(first["width"])
    line = _ABOVE + tall + _BELOW + _GAP
    shown, there = sum(number >= 0 for number, _ in groups), int(first["classes"])
    head = 0.25 if 0 < shown < there else 0.0
    height = head + line * math.ceil(len(groups) / columns)
    figure = blank(height)
    figure.set_layout_engine("none")
    ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set(xlim=(0, WIDTH), ylim=(height, 0))
    if head:
        ax.text(0.0, 0.6 * head, f"{shown} of {there:,} classes, evenly among the outputs", color=MUTED, fontsize=8)
    small, large = (5.5, 7.5) if columns <= 5 else (4.5, 6.5)
    for place, (number, rows) in enumerate(groups):
        left, top = place % columns * (width + _GAP), head + place // columns * line
        called = rows["class"].iloc[0]
        name = _short(called if number < 0 else f"{number}: {called}", width, large)
        ax.text(left, top + 0.75 * _ABOVE, name, color=INK, fontsize=large)
        for k, row in enumerate(rows.to_dict("records")):
            x, y = left + k * (each + 0.03), top + _ABOVE
            ax.imshow(
                as_picture(image_of(row)),
                cmap="gray", vmin=0.0, vmax=1.0, extent=(x, x + each, y + tall, y), interpolation="nearest",
            )  # fmt: skip
            caption = _ending(row["name"], each, small)
            ax.text(x, y + tall + 0.6 * _BELOW, caption, color=MUTED, fontsize=small)
    ax.set(xlim=(0, WIDTH), ylim=(height, 0), aspect="equal")
    bare(ax)
    return figure


def _short(text: str, width: float, size: float) -> str:
    """A name without its middle where it is longer than so many inches in a font of that size."""
    most = int(72 * width / (_LETTER * size))
    if len(text) <= most:
        return text
    return f"{text[: most - most // 2 - 1]}…{text[-(most // 2) :]}"


def _ending(path: str, width: float, size: float) -> str:
    """The name of a file without its folders, and without its beginning where it is longer than so many inches."""
    name, most = path.rpartition("/")[2], int(72 * width / (_CAPITAL * size))
    return name if len(name) <= most else f"…{name[1 - most :]}"
