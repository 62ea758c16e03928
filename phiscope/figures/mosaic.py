"""Many small images as one picture, side by side with a hair between them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope.figures.pictures import as_picture


def mosaic(images: NDArray, columns: int, gap: int = 1) -> NDArray[np.floating]:
    """Images (n, c, h, w) in [0, 1] in reading order, `columns` to a row, on white: (rows, cols) or (rows, cols, 3)."""
    pictures = np.stack([as_picture(image) for image in images])
    count, height, width = pictures.shape[:3]
    rows = -(-count // columns)
    canvas = np.ones((rows * (height + gap) - gap, columns * (width + gap) - gap, *pictures.shape[3:]))
    for place, picture in enumerate(pictures):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        canvas[top : top + height, left : left + width] = picture
    return canvas


def save_mosaic(images: NDArray, path: Path, columns: int = 8) -> None:
    """The same as a png file of 8 bits, for a look at a training as it goes."""
    from PIL import Image  # deferred: figures need no file format

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.rint(255 * mosaic(images, columns)).astype(np.uint8)).save(path)
