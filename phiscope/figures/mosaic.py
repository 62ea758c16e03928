"""Many small images as one picture, side by side with a hair between them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phiscope.figures.pictures import as_picture, bare, image_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def mosaic(images: NDArray, columns: int, gap: int = 1) -> NDArray[np.floating]:
    """Images (n, c, h, w) in [0, 1] in reading order, `columns` to a row, on white: (rows, cols) or (rows, cols, 3)."""
    place = np.arange(len(images))
    return _canvas(images, place // columns, place % columns, gap)


def placed(tiles: pd.DataFrame, gap: int = 1) -> NDArray[np.floating]:
    """The same from a frame with row, column, channels, height, width and the flat image; a place may stay empty."""
    images = [image_of(row) for row in tiles.to_dict("records")]
    return _canvas(images, tiles["row"].to_numpy(), tiles["column"].to_numpy(), gap)


def show_placed(ax: Axes, tiles: pd.DataFrame, title: str = "") -> tuple[float, float]:
    """Draw such a frame without ticks; returns the height and width of a tile in the units of the axes."""
    ax.imshow(placed(tiles), cmap="gray", vmin=0.0, vmax=1.0, interpolation="nearest")
    bare(ax)
    ax.set_title(title)
    return float(tiles["height"].iloc[0] + 1), float(tiles["width"].iloc[0] + 1)


def _canvas(images: Iterable[NDArray], rows: NDArray, columns: NDArray, gap: int) -> NDArray[np.floating]:
    pictures = np.stack([as_picture(image) for image in images])
    height, width = pictures.shape[1:3]
    size = (rows.max() + 1) * (height + gap) - gap, (columns.max() + 1) * (width + gap) - gap
    canvas = np.ones((*size, *pictures.shape[3:]))
    for picture, row, column in zip(pictures, rows, columns):
        top, left = row * (height + gap), column * (width + gap)
        canvas[top : top + height, left : left + width] = picture
    return canvas


def save_mosaic(images: NDArray, path: Path, columns: int = 8) -> None:
    """The same as a png file of 8 bits, for a look at a training as it goes."""
    from PIL import Image  # deferred: figures need no file format

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.rint(255 * mosaic(images, columns)).astype(np.uint8)).save(path)
