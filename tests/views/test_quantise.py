import dataclasses

import numpy as np

from phiscope.views import VIEWS

make = VIEWS["quantise"].load()


def test_gives_8_bit_images_back_and_rounds_others(source):
    np.testing.assert_array_equal(make(source)["images"], source.pixels)
    nudged = dataclasses.replace(source, images=(source.pixels + np.float32(0.3 / 255)).clip(0, 1))
    np.testing.assert_array_equal(make(nudged)["images"], source.pixels)
