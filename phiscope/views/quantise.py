"""Images as an 8-bit file would keep them: of an attack, what is left of it in a PNG."""

from __future__ import annotations

from numpy.typing import NDArray

from phiscope.arrays import eight_bit
from phiscope.views.source import Source


def make(source: Source) -> dict[str, NDArray]:
    """(m, channels, h, w) -> the same shape, float32 multiples of 1/255."""
    return {"images": eight_bit(source.pixels)}
