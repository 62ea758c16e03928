"""Images edited by filling a part of them in from what is around it: section 7.2, Figure 11(c)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.decode import decode
from phiscope.datasets.files import ABSENT, trouble
from phiscope.errors import ConfigError, DataError
from phiscope.views.source import Source


def make(source: Source, *, mask: str | None = None, rectangles: Sequence[Sequence[int]] = ()) -> dict[str, NDArray]:
    """Biharmonic filling (Damelin and Hoang 2018): (m, channels, h, w) -> the same shape, float32 in [0, 1].

    mask: an image file of (h, w), filled where it is not black; rectangles: [top, left, height, width] in pixels,
    instead of or besides it. Raises DataError or ConfigError where these do not fit the images.
    """
    from skimage.restoration import inpaint_biharmonic  # deferred: slow to import

    hidden = hidden_pixels(source.images.shape[2:], mask, rectangles)
    filled = [inpaint_biharmonic(image, hidden, channel_axis=0) for image in source.pixels.astype(np.float64)]
    return {"images": np.stack(filled).clip(0, 1).astype(np.float32)}


def hidden_pixels(shape: tuple[int, int], mask: str | None, rectangles: Sequence[Sequence[int]]) -> NDArray[np.bool_]:
    """The pixels to fill, (h, w): some, but not all."""
    hidden = np.zeros(shape, bool) if mask is None else _read(mask, shape)
    for rectangle in rectangles:
        top, left, height, width = rectangle
        if top + height > shape[0] or left + width > shape[1]:
            raise ConfigError(
                f"config: inpainting: rectangles: {list(rectangle)} leaves the image of "
                f"{shape[0]} x {shape[1]}; expected [top, left, height, width] within it"
            )
        hidden[top : top + height, left : left + width] = True
    if hidden.all() or not hidden.any():
        amount = "all" if hidden.all() else "no"
        raise ConfigError(f"config: inpainting: {amount} pixels are to be filled; expected a part of the image")
    return hidden


def _read(mask: str, shape: tuple[int, int]) -> NDArray[np.bool_]:
    path = Path(os.path.expandvars(mask)).expanduser()
    if (said := trouble(path)) == ABSENT:
        raise DataError(f"{path}: there is no such mask; give a PNG of {shape[0]} x {shape[1]} pixels")
    if said:
        raise DataError(f"{path}: {said}: the mask, a PNG of {shape[0]} x {shape[1]} pixels")
    black = decode(path, str(path), colour=False)[0] > 0
    if black.shape != shape:
        raise DataError(f"{path}: the mask is {black.shape[0]} x {black.shape[1]}, the images {shape[0]} x {shape[1]}")
    return black
