"""Filter banks without training: what comes back of noisy images, and which class they tell."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from sklearn.datasets import load_digits

from phiscope.denoising.corruptions import Noise
from phiscope.denoising.filterbank import correlate_back
from phiscope.experiments.denoising.banks import (
    ALL_RESPONSES,
    NOISY_IMAGE,
    classification,
    reconstruction,
    smooth_filter,
)

NOISE = Noise("gaussian", 0.2)


def test_least_squares_of_all_responses_change_nothing_and_fewer_or_strong_ones_denoise():
    smooth = gaussian_filter(np.random.default_rng(0).standard_normal((60, 1, 16, 16)), (0, 0, 2, 2))
    smooth = (0.5 + 0.2 * smooth / smooth.std()).clip(0, 1)
    rows = list(reconstruction(smooth[:40], smooth[40:], NOISE, seed=0))
    psnr = {setting: value for setting, measure, _, value in rows if measure == "psnr"}
    assert next(iter(psnr)) == NOISY_IMAGE
    assert psnr[ALL_RESPONSES] == pytest.approx(psnr[NOISY_IMAGE], abs=1e-3)
    assert psnr["a quarter, smooth"] > psnr[NOISY_IMAGE] + 3
    assert psnr["a quarter, random"] < psnr[NOISY_IMAGE]  # what is left out is the image
    assert psnr["strong, learned"] > psnr[NOISY_IMAGE] + 3
    assert {noise for *_, noise, _ in rows} == {"gaussian 0.2"}


def test_copies_of_the_smooth_filter_add_up_to_an_even_grey():
    spread = np.zeros((1, 1, 30, 30))
    spread[:, :, ::2, ::2] = 1
    total = correlate_back(spread, smooth_filter(5)[None])[0, 5:-5, 5:-5]
    np.testing.assert_allclose(total, total.mean())


def test_digits_are_told_by_patterns():
    bunch = load_digits()
    images, labels = (bunch.images[:, None] / 16).astype(np.float32), bunch.target
    accuracy = {
        row[0]: row[3] for row in classification(images[:300], labels[:300], images[300:450], labels[300:450], 0)
    }
    assert all(value > 0.75 for value in accuracy.values())
    assert accuracy["patches of images"] > accuracy["random, no ReLU"]
