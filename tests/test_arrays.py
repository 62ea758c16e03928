import numpy as np

from phiscope.arrays import eight_bit, unit_range


def test_8_bit_images_are_what_a_file_gives_back():
    every = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(eight_bit(unit_range(every)), unit_range(every))
    between = np.array([0.49 / 255, 0.51 / 255, 1.4, -0.2], np.float32)
    np.testing.assert_array_equal(eight_bit(between), np.array([0, 1, 255, 0], np.float32) / np.float32(255))
