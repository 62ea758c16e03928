import dataclasses

import numpy as np
import pytest
from PIL import Image

from phiscope.errors import ConfigError, DataError
from phiscope.views import VIEWS
from phiscope.views.inpaint import hidden_pixels

make = VIEWS["inpaint"].load()


def test_rectangles_hide_what_they_say():
    hidden = hidden_pixels((6, 7), None, [[1, 2, 3, 1], [5, 0, 1, 2]])
    expected = np.zeros((6, 7), bool)
    expected[[1, 2, 3], 2] = expected[5, [0, 1]] = True
    np.testing.assert_array_equal(hidden, expected)


def test_only_the_hidden_part_changes_and_a_ramp_comes_back(source):
    """A linear ramp is biharmonic, so that filling a hole in it gives the ramp."""
    rows, columns = np.mgrid[:20, :24]
    ramp = (0.1 + 0.02 * rows + 0.015 * columns).astype(np.float32)
    damaged = np.stack([ramp, 1 - ramp, ramp])
    damaged[:, 8:11, 9:12] = 0
    found = make(dataclasses.replace(source, images=damaged[None]), rectangles=[[8, 9, 3, 3]])["images"][0]
    np.testing.assert_allclose(found, np.stack([ramp, 1 - ramp, ramp]), atol=2e-3)
    outside = np.ones((20, 24), bool)
    outside[8:11, 9:12] = False
    np.testing.assert_array_equal(found[:, outside], damaged[:, outside])


def test_a_mask_from_a_file_is_the_same_as_its_rectangle(source, tmp_path, monkeypatch):
    mask = np.zeros((6, 7), np.uint8)
    mask[2:4, 3:5] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    monkeypatch.setenv("MASKS", str(tmp_path))
    np.testing.assert_array_equal(
        make(source, mask="$MASKS/mask.png")["images"], make(source, rectangles=[[2, 3, 2, 2]])["images"]
    )


@pytest.mark.parametrize(
    ("rectangles", "line"),
    [
        ([[4, 0, 3, 1]], "leaves the image of 6 x 7; expected [top, left, height, width] within it"),
        ([[0, 0, 6, 7]], "all pixels are to be filled"),
        ([[0, 0, 0, 7]], "no pixels are to be filled"),
    ],
)
def test_rectangles_that_do_not_fit_are_said(rectangles, line):
    with pytest.raises(ConfigError) as caught:
        hidden_pixels((6, 7), None, rectangles)
    assert line in str(caught.value)


def test_masks_that_do_not_fit_are_said(tmp_path):
    with pytest.raises(DataError, match="there is no such mask"):
        hidden_pixels((6, 7), str(tmp_path / "none.png"), ())
    Image.fromarray(np.full((4, 4), 255, np.uint8)).save(tmp_path / "small.png")
    with pytest.raises(DataError, match="the mask is 4 x 4, the images 6 x 7"):
        hidden_pixels((6, 7), str(tmp_path / "small.png"), ())
