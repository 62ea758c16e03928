"""Images of any size through a denoiser that takes small ones: in overlapping tiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from phiscope.errors import ConfigError


def denoise_tiled(
    denoise: Callable[[NDArray], NDArray], image: NDArray, *, tile: int = 256, overlap: int = 32
) -> NDArray[np.float32]:
    """denoise(image) of an image (channels, h, w), computed tile by tile.

    Every tile of `tile` pixels is denoised with `overlap` more on each side, which are then cut off. The result is
    exactly that of the whole image if the overlap is at least half the denoiser's receptive field; else it differs near
    the seams. Tiles begin at multiples of `tile`, so that strides which divide tile and overlap fall alike.
    Raises ConfigError for a tile or overlap that is too small.
    """
    if tile < 1 or overlap < 0:
        raise ConfigError(f"tiles of {tile} with an overlap of {overlap}; expected at least 1 and 0 pixels")
    denoised = np.empty(image.shape, np.float32)
    for rows in _spans(image.shape[1], tile, overlap):
        for columns in _spans(image.shape[2], tile, overlap):
            part = denoise(np.ascontiguousarray(image[:, rows.seen, columns.seen]))
            denoised[:, rows.kept, columns.kept] = part[:, rows.inner, columns.inner]
    return denoised


class _Span:
    """Pixels start to stop of one side: what is seen with the overlap, what is kept, where that lies in it."""

    def __init__(self, start: int, stop: int, overlap: int, side: int) -> None:
        first, last = max(start - overlap, 0), min(stop + overlap, side)
        self.seen, self.kept = slice(first, last), slice(start, stop)
        self.inner = slice(start - first, stop - first)


def _spans(side: int, tile: int, overlap: int) -> Iterator[_Span]:
    for start in range(0, side, tile):
        yield _Span(start, min(start + tile, side), overlap, side)
