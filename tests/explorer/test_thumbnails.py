"""Sheets of thumbnails: every image where it is looked for, of any size, grey or colour."""

import io

import numpy as np
import pytest
from PIL import Image

from phiscope.explorer.thumbnails import MOST, PER_ROW, PER_SHEET, Sheets, sheets_of, thumbnail_size


def cut(sheets, place):
    """The thumbnail at a place, as the page cuts it out."""
    picture = np.asarray(Image.open(io.BytesIO(sheets.sheets[place // PER_SHEET])).convert("RGB"))
    row, column = divmod(place % PER_SHEET, PER_ROW)
    top, left = row * sheets.cell_height, column * sheets.cell_width
    return picture[top : top + sheets.height, left : left + sheets.width]


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 8, 8), (1, 28, 28), (3, 32, 32), (3, 40, 200), (4, 17, 9), (1, 1, 1)])
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_every_image_is_where_it_is_looked_for(shape, kind):
    """Plain images of different grey: what is cut out has that grey, at its edges too."""
    count = PER_SHEET + 20
    greys = np.linspace(0, 1, count)
    images = np.ones((count, *shape)) * greys[:, None, None, None]
    given = np.rint(255 * images).astype(kind) if kind is np.uint8 else images.astype(kind)
    sheets = sheets_of(np.arange(count), [given[:100], given[100:]])
    assert len(sheets.sheets) == 2
    for place in (0, 15, 16, 100, PER_SHEET - 1, PER_SHEET, count - 1):
        off = np.abs(cut(sheets, place).astype(float) - 255 * greys[place])
        assert off.max() < 12, place


def test_a_small_image_is_enlarged_without_smoothing():
    image = np.zeros((1, 1, 8, 8), np.float32)
    image[0, 0, 2, 5] = 1
    sheets = sheets_of(np.arange(1), [image])
    assert (sheets.width, sheets.height) == (32, 32)
    shown = cut(sheets, 0)[..., 0].astype(int)
    assert shown[8:12, 20:24].mean() > 200
    assert shown[:6].mean() < 20


def test_colours_stay():
    image = np.zeros((1, 3, 32, 32), np.uint8)
    image[:, 0] = 200
    red, green, blue = cut(sheets_of(np.arange(1), [image]), 0).reshape(-1, 3).mean(axis=0)
    assert red > 180
    assert max(green, blue) < 30


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        *[((8, 8), (32, 32)), ((28, 28), (28, 28)), ((32, 32), (32, 32)), ((5, 3), (30, 18))],
        *[((224, 224), (MOST, MOST)), ((400, 100), (MOST, 24)), ((1000, 1), (MOST, 1))],
    ],
)
def test_sizes(size, wanted):
    assert thumbnail_size(*size) == wanted


def test_a_file_keeps_them():
    images = np.random.default_rng(0).random((300, 3, 8, 8)).astype(np.float32)
    sheets = sheets_of(np.arange(300)[::-1].copy(), [images])
    again = Sheets.of_arrays(sheets.arrays())
    assert again.sheets == sheets.sheets
    assert again.about() == sheets.about()
    assert (again.samples == sheets.samples).all()


def test_no_image_is_no_sheet():
    assert sheets_of(np.empty(0, int), []) is None
