import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage import data
from skimage.metrics import structural_similarity

from phiscope.denoising.metrics import compare, psnr, ssim

CAMERA = data.camera()[100:200, 150:270].astype(float)[None] / 255


def test_psnr_of_a_known_error():
    assert psnr(CAMERA + 0.1, CAMERA) == pytest.approx(20.0)
    assert psnr(CAMERA, CAMERA) == np.inf


def test_what_lies_outside_the_range_is_cut_before_it_is_compared():
    white = np.ones((1, 16, 16))
    assert compare(white + 0.5, white).psnr == np.inf


def test_ssim_has_the_settings_of_wang():
    noisy = np.clip(CAMERA + 0.1 * np.random.default_rng(0).standard_normal(CAMERA.shape), 0, 1)
    expected = structural_similarity(
        CAMERA[0], noisy[0], data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    assert ssim(noisy, CAMERA) == pytest.approx(expected)
    assert ssim(noisy, CAMERA) != pytest.approx(structural_similarity(CAMERA[0], noisy[0], data_range=1), abs=1e-3)


@pytest.mark.parametrize("side", [3, 8, 10])
def test_ssim_of_images_smaller_than_its_window(side):
    image = np.random.default_rng(0).random((3, side, side))
    assert ssim(image, image) == pytest.approx(1)
    assert ssim(1 - image, image) < 0.2


def test_blur_is_less_sharp_and_noise_is_not_sharper():
    noisy = CAMERA + 0.05 * np.random.default_rng(1).standard_normal(CAMERA.shape)
    blurred = gaussian_filter(CAMERA, (0, 2, 2))
    assert compare(CAMERA, CAMERA).sharpness == pytest.approx(1)
    assert compare(0.5 * CAMERA, CAMERA).sharpness == pytest.approx(0.5)
    assert compare(blurred, CAMERA).sharpness < 0.6
    assert compare(noisy, CAMERA).sharpness == pytest.approx(1, abs=0.05)


def test_the_error_of_flat_regions_is_that_of_noise_and_hardly_that_of_blur():
    noise = 0.05 * np.random.default_rng(1).standard_normal(CAMERA.shape)
    mild = 0.25 + CAMERA / 2
    assert compare(mild + noise, mild).flat_error == pytest.approx(0.05, rel=0.05)
    assert compare(gaussian_filter(mild, (0, 1, 1)), mild).flat_error < 0.01
