"""Pictures of images: one under a caption, or many in a grid."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phiscope.errors import DataError
from phiscope.figures.colours import INK
from phiscope.words.numbers import significant

if TYPE_CHECKING:  # trainings put images side by side without a plotting library
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase
    from matplotlib.image import AxesImage


def image_of(row: Mapping[str, Any]) -> NDArray[np.floating]:
    """The (channels, height, width) image of a row that stores it flat beside `channels`, `height`, `width`."""
    return np.asarray(row["image"], float).reshape(int(row["channels"]), int(row["height"]), int(row["width"]))


def as_picture(image: NDArray) -> NDArray[np.floating]:
    """(c, h, w), (h, w, c) or (h, w) in [0, 1] as what imshow takes: (h, w) grey or (h, w, 3) colour.

    ASSUME: three axes that begin with 1 or 3 are channels first, whatever the last axis is.
    """
    image = np.asarray(image, float)
    if image.ndim == 3 and image.shape[0] in (1, 3):
        image = np.moveaxis(image, 0, -1)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[-1] != 3):
        raise DataError(f"a picture of shape {image.shape} cannot be drawn; expected one or three channels")
    return np.clip(image, 0.0, 1.0)


def show(ax: Axes, image: NDArray, caption: str = "", colour: str = INK, size: float = 8.0) -> AxesImage:
    """Draw one image without ticks, pixels as squares, its caption below."""
    drawn = ax.imshow(as_picture(image), cmap="gray", vmin=0.0, vmax=1.0, interpolation="nearest")
    bare(ax)
    ax.set_xlabel(caption, fontsize=size, color=colour, labelpad=2.0, linespacing=1.15)
    return drawn


def show_change(ax: Axes, before: NDArray, after: NDArray) -> None:
    """after − before around grey, magnified until the largest change is black or white; the caption says how often."""
    change = as_picture(after) - as_picture(before)
    largest = max(float(np.abs(change).max()), 1e-12)
    times = float(f"{0.5 / largest:.2g}")
    caption = f"difference, {significant(times)} times" if change.any() else "no difference"
    show(ax, 0.5 + change / (2 * largest), caption)


def bare(ax: Axes) -> None:
    """Axes without ticks or frame."""
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def grid(
    figure: FigureBase,
    images: Sequence[NDArray],
    captions: Sequence[str],
    columns: int,
    colours: Sequence[str] | None = None,
) -> list[Axes]:
    """Images in reading order, `columns` to a row; unused places stay empty."""
    rows = math.ceil(len(images) / columns)
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for place in places[len(images) :]:
        place.axis("off")
    for place, image, caption, colour in zip(places, images, captions, colours or [INK] * len(images)):
        show(place, image, caption, colour)
    return list(places[: len(images)])


def as_square(vector: NDArray) -> NDArray[np.floating]:
    """A vector row by row as a near-square picture, 64 -> 8 x 8; places left over are NaN."""
    vector = np.asarray(vector, float).ravel()
    width = math.ceil(math.sqrt(vector.size))
    height = math.ceil(vector.size / width)
    picture = np.full(height * width, np.nan)
    picture[: vector.size] = vector
    return picture.reshape(height, width)
