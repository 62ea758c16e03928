import numpy as np
import pytest
from scipy.signal import correlate2d
from sklearn.linear_model import Ridge

from phiscope.denoising.patterns import (
    gaussian_bank,
    over_channels,
    patch_bank,
    pattern_scores,
    ridge_accuracy,
)
from phiscope.errors import DataError

IMAGES = np.random.default_rng(0).random((3, 2, 8, 8)).astype(np.float32)


def test_scores_are_means_over_cells_of_correlations_cut_at_zero():
    bank = gaussian_bank(2, 2, 3, seed=1)
    found = pattern_scores(IMAGES, [bank], cells=2).reshape(3, 4, 2, 2)
    for image, scores in zip(IMAGES, found):
        for place, filters in enumerate(bank):
            answer = sum(correlate2d(channel, part, mode="same") for channel, part in zip(image, filters))
            for sign, row in ((1, place), (-1, 2 + place)):
                expected = np.maximum(sign * answer, 0).reshape(2, 4, 2, 4).mean(axis=(1, 3))
                np.testing.assert_allclose(scores[row], expected, atol=1e-6)


def test_without_a_relu_scores_are_linear_and_a_second_layer_sees_the_first():
    bank = gaussian_bank(2, 2, 3, seed=1)
    a, b, both = (pattern_scores(x, [bank], rectify=False) for x in (IMAGES, IMAGES[::-1], IMAGES + IMAGES[::-1]))
    np.testing.assert_allclose(a + b, both, atol=1e-6)
    one = np.zeros((1, 4, 1, 1), np.float32)
    one[0, 3] = 1  # ReLU(-f ⋆ x) of the second filter, handed on
    deep = pattern_scores(IMAGES, [bank, one]).reshape(3, 2, 4, 4)
    np.testing.assert_allclose(deep[:, 0], pattern_scores(IMAGES, [bank]).reshape(3, 4, 4, 4)[:, 3], atol=1e-6)
    np.testing.assert_allclose(deep[:, 1], 0)


def test_patches_are_parts_of_images_without_their_mean_and_flat_ones_are_not_drawn():
    flat = np.concatenate([IMAGES, np.full((30, 2, 8, 8), 0.5, np.float32)])
    bank = patch_bank(flat, 20, 3, seed=0)
    np.testing.assert_allclose(np.square(bank).sum(axis=(1, 2, 3)), 1, rtol=1e-5)
    windows = np.lib.stride_tricks.sliding_window_view(IMAGES, (3, 3), axis=(2, 3)).transpose(0, 2, 3, 1, 4, 5)
    windows = windows.reshape(-1, 18) - windows.reshape(-1, 18).mean(axis=1, keepdims=True)
    windows /= np.linalg.norm(windows, axis=1, keepdims=True)
    assert (bank.reshape(20, -1) @ windows.T).max(axis=1).min() > 0.9999
    with pytest.raises(DataError, match="not flat"):
        patch_bank(flat[3:], 2, 3, seed=0)


def test_a_grey_bank_sees_the_mean_of_the_channels():
    grey = gaussian_bank(2, 1, 3, seed=0)
    seen = pattern_scores(IMAGES, [over_channels(grey[:, 0], 2)])
    mean = pattern_scores(IMAGES.mean(axis=1, keepdims=True), [grey])
    np.testing.assert_allclose(seen, mean * 2**0.5, rtol=1e-4)  # filters of unit norm over two channels


@pytest.mark.parametrize("width", [5, 80])
def test_the_closed_form_is_scikit_learns_ridge(width):
    random = np.random.default_rng(0)
    centres = random.standard_normal((3, width))
    labels = np.arange(60) % 3
    rows = centres[labels] * 0.7 + random.standard_normal((60, width))
    train, test = rows[:40], rows[40:]
    scaled = (rows - train.mean(0)) / (train.std(0) + 1e-6)
    scaled = np.c_[scaled, np.ones(60)]
    model = Ridge(alpha=40 * 0.1, fit_intercept=False).fit(scaled[:40], np.eye(3)[labels[:40]])
    expected = (model.predict(scaled[40:]).argmax(1) == labels[40:]).mean()
    assert ridge_accuracy(train, labels[:40], test, labels[40:], 0.1) == expected
    assert expected > 0.3


def test_rows_without_a_label_do_not_count():
    rows, labels = np.array([[0.0], [1.0], [0.1], [0.9], [5.0]]), np.array([0, 1, 0, 1, -1])
    assert ridge_accuracy(rows, labels, rows, labels, 0.01) == 1
    assert np.isnan(ridge_accuracy(rows, labels, rows, np.full(5, -1)))
