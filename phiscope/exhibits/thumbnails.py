"""Small pictures of single samples, as files that a page holds in itself."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from phiscope.figures.pictures import as_picture

LARGEST = 96  # pixels a side; larger images are made smaller, smaller ones stay


def thumbnail(image: NDArray) -> bytes:
    """An image (channels, height, width) in [0, 1] as PNG."""
    small = Image.fromarray((255 * as_picture(image)).round().astype(np.uint8))
    small.thumbnail((LARGEST, LARGEST))
    content = io.BytesIO()
    small.save(content, "PNG")
    return content.getvalue()
