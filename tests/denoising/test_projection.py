"""Least squares on filter banks: closed forms of projections, whatever solver is used."""

import numpy as np
import pytest
from skimage import data

from phiscope.denoising.filterbank import correlate, orientation_bank, random_bank
from phiscope.denoising.projection import detected, principal_bank, project
from phiscope.errors import DataError

IMAGES = np.stack([data.camera()[k : k + 12, 160:174].astype(float) / 255 for k in (100, 200, 300)])
SIGMA = 0.2


def noisy_of(images, seed=0):
    return images + SIGMA * np.random.default_rng(seed).standard_normal(images.shape)


def matrix(bank, stride, shape):
    """W, one column per pixel."""
    unit = np.eye(shape[0] * shape[1]).reshape(-1, *shape)
    return correlate(unit, bank)[:, :, ::stride, ::stride].reshape(len(unit), -1).T


@pytest.mark.parametrize("bank", [random_bank(8, 5, seed=0), principal_bank(IMAGES, 5), orientation_bank(4, (0.6,))])
def test_all_responses_of_a_noisy_image_give_the_noisy_image_back(bank):
    np.testing.assert_allclose(project(noisy_of(IMAGES), bank), noisy_of(IMAGES), atol=1e-6)


@pytest.mark.parametrize(("count", "stride"), [(1, 2), (3, 2), (2, 3)])
def test_it_is_the_projection_of_a_singular_value_decomposition(count, stride):
    bank, images = random_bank(count, 5, seed=3), noisy_of(IMAGES)
    w = matrix(bank, stride, images.shape[1:])
    expected = (np.linalg.pinv(w) @ w @ images.reshape(len(images), -1).T).T.reshape(images.shape)
    np.testing.assert_allclose(project(images, bank, stride), expected, atol=1e-6)


def test_what_is_left_of_the_noise_is_the_share_of_dimensions():
    """σ² d / N of noise, and of the clean image what is outside of the span."""
    bank, stride, clean = principal_bank(IMAGES, 5)[:1], 2, np.repeat(IMAGES[:1], 400, axis=0)
    dimension = np.linalg.matrix_rank(matrix(bank, stride, clean.shape[1:]))
    outside = np.square(project(clean[:1], bank, stride) - clean[:1]).mean()
    error = np.square(project(noisy_of(clean), bank, stride) - clean).mean()
    assert error == pytest.approx(outside + SIGMA**2 * dimension / clean[0].size, rel=0.03)
    assert error < 0.6 * SIGMA**2


def test_all_principal_components_are_a_tight_frame_so_that_thresholding_has_a_closed_form():
    """Wᵀ W counts, for each pixel, the patches that hold it; so x = Wᵀ r / count."""
    bank, images, threshold = principal_bank(IMAGES, 5), noisy_of(IMAGES), 2 * SIGMA
    w = matrix(bank, 1, images.shape[1:])
    responses = w @ images.reshape(len(images), -1).T
    counts = np.square(w).sum(axis=0)
    np.testing.assert_allclose(w.T @ w, np.diag(counts), atol=1e-9)
    kept = np.where(np.abs(responses) > threshold, responses, 0)
    expected = (w.T @ kept / counts[:, None]).T.reshape(images.shape)
    found = detected(images, bank, threshold)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert np.square(found - IMAGES).mean() < 0.5 * np.square(images - IMAGES).mean()
    np.testing.assert_allclose(detected(images, bank, 0), project(images, bank), atol=1e-9)


def test_principal_components_are_orthonormal_and_the_first_holds_most():
    flat = principal_bank(IMAGES, 3).reshape(9, 9)
    np.testing.assert_allclose(flat @ flat.T, np.eye(9), atol=1e-12)
    assert abs(flat[0].sum()) > 2.9  # nearly constant: 3 if it were
    windows = np.lib.stride_tricks.sliding_window_view(IMAGES, (3, 3), axis=(1, 2)).reshape(-1, 9)
    energy = np.square(windows @ flat.T).mean(axis=0)
    assert (np.diff(energy) <= 1e-12).all()


def test_images_without_a_patch_are_refused():
    with pytest.raises(DataError, match="12 x 14 have no patches of 13 x 13"):
        principal_bank(IMAGES, 13)
