"""Filter banks and layers of a denoiser, where what comes out is known."""

import numpy as np
import pytest

from phiscope.experiments.denoising.filters import SIDE, measure, middles
from phiscope.models.denoiser import dncnn


def test_the_middle_of_an_image_is_grey_and_centred():
    images = np.zeros((2, 3, 40, 50), np.float32)
    images[:, 0, 4, 9] = 0.9  # the first pixel of the middle 32 x 32
    middle = middles(images)
    assert middle.shape == (2, SIDE, SIDE)
    assert middle[0, 0, 0] == pytest.approx(0.3)
    assert middles(images[:, :, :8, :8]).shape == (2, 8, 8)  # an image that is smaller is taken whole


def test_enough_filters_without_noise_give_images_back():
    images = np.random.default_rng(0).uniform(size=(2, 1, 8, 8)).astype(np.float32)
    frames = measure(images, dncnn(width=4, depth=3), None, seed=0)
    exact = frames["filter_inversion"]
    exact = exact[(exact["noise"] == 0) & (exact["filters"] >= 16)]
    assert len(exact)
    assert exact["error"].max() < 1e-6
    layers = frames["denoiser_layers"]
    assert layers["size"].tolist() == [8, 8, 8]  # of an image, as no patch was given
    assert layers["receptive_field"].tolist() == [3, 5, 7]  # three kernels of 3
