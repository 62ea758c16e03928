"""What a picture costs in bits: coefficients counted by what an ideal coder needs, and JPEG by its file.

ASSUME: coefficients are rounded to multiples of one step. Their rate is log₂ of the number of supports of that size
among all functions, plus for each the entropy of the values that there are, plus 32 bits for mean and step; the table
of the values' frequencies is not counted, which favours coefficients. No use is made of where they lie: JPEG, which
has neighbouring frequencies in mind, does.
"""

from __future__ import annotations

import io

import numpy as np
import scipy
from numpy.typing import NDArray

from phiscope.errors import DataError

ABOUT = 32  # bits for mean and step
_START_OF_SCAN = 0xDA


def coefficient_bits(levels: NDArray[np.int64]) -> float:
    """Bits of rounded coefficients, any shape: support and values, as the module says."""
    flat = np.asarray(levels).ravel()
    values = flat[flat != 0]
    n, k = len(flat), len(values)
    support = (scipy.special.gammaln(n + 1) - scipy.special.gammaln(k + 1) - scipy.special.gammaln(n - k + 1)) / np.log(
        2
    )
    _, counts = np.unique(values, return_counts=True)
    entropy = float(-(counts * np.log2(counts / k)).sum()) if k else 0.0
    return ABOUT + float(support) + entropy


def rounded(weight: NDArray[np.float64], step: float) -> NDArray[np.int64]:
    """The nearest multiples of a step, as numbers of steps."""
    if not step > 0:
        raise DataError(f"step {step}: expected above 0")
    return np.rint(weight / step).astype(np.int64)


def jpeg(image: NDArray, quality: int) -> tuple[NDArray[np.float64], int, int]:
    """A grey image (h, w) in [0, 1] as Pillow's JPEG with optimised tables: decoded, bytes of the file, of its scan.

    The scan is what is left without header and tables, some 300 bytes; a picture so small that they decide is no
    picture that JPEG was made for.
    """
    from PIL import Image

    buffer = io.BytesIO()
    eight_bit = np.rint(255 * np.asarray(image).clip(0, 1)).astype(np.uint8)
    Image.fromarray(eight_bit).save(buffer, format="JPEG", quality=quality, optimize=True)
    file = buffer.getvalue()
    decoded = np.asarray(Image.open(io.BytesIO(file)), dtype=np.float64) / 255
    return decoded, len(file), len(file) - _scan_start(file)


def _scan_start(file: bytes) -> int:
    """Where the entropy-coded data of a baseline JPEG file begin: behind the segments of its header."""
    place = 2
    while place + 4 <= len(file):
        marker, length = file[place + 1], int.from_bytes(file[place + 2 : place + 4], "big")
        place += 2 + length
        if marker == _START_OF_SCAN:
            return place
    raise DataError("JPEG file: there is no scan in it")
