"""Bits of coefficients against counts written out, and JPEG's file against Pillow's own reading of it."""

import io
from math import comb, log2

import numpy as np
import pytest
from PIL import Image

from phiscope.errors import DataError
from phiscope.implicit.coding import ABOUT, coefficient_bits, jpeg, rounded
from phiscope.implicit.images import pink_noise


def test_bits_are_supports_and_entropy():
    levels = np.zeros(20, dtype=int)
    levels[[2, 7, 9, 13]] = [1, 1, -1, 3]  # entropy 1.5 bits
    assert coefficient_bits(levels) == pytest.approx(ABOUT + log2(comb(20, 4)) + 4 * 1.5)
    assert coefficient_bits(np.zeros((4, 5), dtype=int)) == pytest.approx(ABOUT)
    assert coefficient_bits(np.full(8, 2)) == pytest.approx(ABOUT)  # all functions, one value: nothing to be said


def test_values_are_rounded_to_the_nearest_multiple():
    assert rounded(np.array([-0.26, 0.24, 1.1, 0.0]), 0.5).tolist() == [-1, 0, 2, 0]
    with pytest.raises(DataError, match="expected above 0"):
        rounded(np.ones(2), 0.0)


def test_jpeg_is_pillows_and_its_scan_is_the_file_without_what_stands_before_it():
    image = pink_noise((32, 40), 1)[..., 0]
    decoded, file, scan = jpeg(image, 75)
    buffer = io.BytesIO()
    Image.fromarray(np.rint(255 * image).astype(np.uint8)).save(buffer, format="JPEG", quality=75, optimize=True)
    assert file == len(buffer.getvalue())
    assert 150 < file - scan < 700  # tables and header
    start = buffer.getvalue().index(b"\xff\xda")
    assert scan == file - start - 2 - int.from_bytes(buffer.getvalue()[start + 2 : start + 4], "big")
    assert np.abs(decoded - image).mean() < 0.05
    sizes = [jpeg(image, quality)[1] for quality in (10, 50, 95)]
    assert sizes == sorted(sizes)
