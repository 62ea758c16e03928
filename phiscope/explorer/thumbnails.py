"""Small copies of images in sheets, which a browser decodes at once: WebP at quality 80, 256 images each.

Images smaller than `LEAST` pixels are enlarged without smoothing, since WebP blurs colour over 2 x 2 pixels; larger
than `MOST`, they are reduced. Grey or colour; what has neither one nor three channels shows its first, or first three.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks, eight_bit, unit_range

LEAST, MOST = 32, 96  # pixels of the longer side of a thumbnail
PER_ROW = 16
PER_SHEET = PER_ROW**2
_BLOCK = 16  # pixels of a side that WebP codes together: a thumbnail begins with a block, so that none bleeds into it
_QUALITY = 80


@dataclass(frozen=True)
class Sheets:
    """samples (n,): whose thumbnails these are, in the order in which they fill the sheets; sheets: WebP files.

    width, height: of a thumbnail; cell_width, cell_height: of the place that it has, from whose top left it begins;
    original_width, original_height: of the images.
    """

    samples: NDArray[np.int64]
    sheets: list[bytes]
    width: int
    height: int
    cell_width: int
    cell_height: int
    original_width: int
    original_height: int

    def arrays(self) -> dict[str, NDArray]:
        """What a file keeps; `of_arrays` reads it."""
        sizes = [getattr(self, name) for name in _SIZES]
        content = np.frombuffer(b"".join(self.sheets), np.uint8)
        ends = np.cumsum([0, *map(len, self.sheets)])
        return {"samples": self.samples, "content": content, "ends": ends, "sizes": np.array(sizes)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray]) -> Sheets:
        content, ends = arrays["content"].tobytes(), arrays["ends"].tolist()
        sheets = [content[start:stop] for start, stop in pairwise(ends)]
        return cls(arrays["samples"], sheets, *arrays["sizes"].tolist())

    def about(self) -> dict[str, Any]:
        """What the page has to know to cut one out."""
        sizes = {name: getattr(self, name) for name in _SIZES}
        return sizes | {"count": len(self.samples), "perRow": PER_ROW, "perSheet": PER_SHEET}


_SIZES = ("width", "height", "cell_width", "cell_height", "original_width", "original_height")


def sheets_of(samples: NDArray[np.int64], images: Iterable[NDArray]) -> Sheets | None:
    """images: parts of (m, channels, h, w), of 8 bits or in [0, 1], together as many as there are samples.

    None where there is no image.
    """
    waiting: list[NDArray] = []
    sheets: list[bytes] = []
    shape: tuple[int, ...] = ()
    for part in images:
        for rows in blocks(len(part), PER_SHEET):
            shape = part.shape[1:]
            waiting.extend(reduced(part[rows]))
            while len(waiting) >= PER_SHEET:
                sheets.append(_sheet(waiting[:PER_SHEET]))
                del waiting[:PER_SHEET]
    if not shape:
        return None
    if waiting:
        sheets.append(_sheet(waiting))
    width, height = thumbnail_size(shape[2], shape[1])
    cell = _whole_blocks(width), _whole_blocks(height)
    return Sheets(np.asarray(samples, np.int64), sheets, width, height, *cell, shape[2], shape[1])


def thumbnail_size(width: int, height: int) -> tuple[int, int]:
    """(width, height) of the thumbnail of an image: whole multiples of small ones, proportions kept of large ones."""
    longer = max(width, height)
    if longer <= MOST:
        times = max(1, LEAST // longer)
        return width * times, height * times
    return max(1, round(width * MOST / longer)), max(1, round(height * MOST / longer))


def reduced(images: NDArray) -> NDArray[np.uint8]:
    """(m, height, width, 3) thumbnails of images (m, channels, h, w)."""
    levels = np.rint(255 * eight_bit(np.nan_to_num(unit_range(images)))).astype(np.uint8)
    channels = levels[:, :3] if levels.shape[1] >= 3 else levels[:, :1].repeat(3, axis=1)
    pictures = channels.transpose(0, 2, 3, 1)
    width, height = thumbnail_size(images.shape[3], images.shape[2])
    if width >= images.shape[3] and height >= images.shape[2]:
        return pictures.repeat(height // images.shape[2], axis=1).repeat(width // images.shape[3], axis=2)
    from PIL import Image  # deferred: pages without pictures need none

    small = [Image.fromarray(picture).resize((width, height), Image.Resampling.BOX) for picture in pictures]
    return np.stack([np.asarray(each) for each in small])


def _whole_blocks(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _sheet(pictures: list[NDArray[np.uint8]]) -> bytes:
    """One WebP file. The rest of a cell repeats the edge of its thumbnail, which costs nothing and does not bleed."""
    from PIL import Image

    height, width = pictures[0].shape[:2]
    border = ((0, _whole_blocks(height) - height), (0, _whole_blocks(width) - width), (0, 0))
    rows = []
    for start in range(0, len(pictures), PER_ROW):
        cells = [np.pad(each, border, mode="edge") for each in pictures[start : start + PER_ROW]]
        cells += [np.zeros_like(cells[0])] * (min(PER_ROW, len(pictures)) - len(cells))
        rows.append(np.concatenate(cells, axis=1))
    file = io.BytesIO()
    Image.fromarray(np.concatenate(rows, axis=0)).save(file, "WEBP", quality=_QUALITY, method=4)
    return file.getvalue()
