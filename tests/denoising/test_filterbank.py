import numpy as np
import pytest
from scipy.signal import correlate2d
from skimage import data

from phiscope.denoising.filterbank import edges, interest_points, invert, orientation_bank, random_bank, respond
from phiscope.errors import DataError

IMAGE = data.camera()[100:124, 160:190].astype(float) / 255


def square():
    image = np.zeros((40, 40))
    image[12:28, 10:30] = 1
    return image


def error(found, image):
    return np.abs(found.image - image).max()


def test_responses_are_correlations_cut_at_zero():
    bank = random_bank(3, 5, seed=0)
    found = respond(IMAGE, bank)
    for filters, positive, negative in zip(bank, found.positive, found.negative):
        expected = correlate2d(IMAGE, filters, mode="same")
        np.testing.assert_allclose(positive, np.maximum(expected, 0), atol=1e-12)
        np.testing.assert_allclose(negative, np.maximum(-expected, 0), atol=1e-12)


@pytest.mark.parametrize("bank", [random_bank(4, 5, seed=1), random_bank(9, 3, seed=0)])
def test_both_signs_of_random_filters_give_the_image_back_exactly(bank):
    assert error(invert(respond(IMAGE, bank), bank), IMAGE) < 1e-6


def test_one_sign_is_enough_where_enough_responses_survive():
    few, many = random_bank(1, 5, seed=0), random_bank(16, 5, seed=0)
    assert error(invert(respond(IMAGE, many, both_signs=False), many), IMAGE) < 1e-6
    short = invert(respond(IMAGE, few, both_signs=False), few)
    assert short.equations < IMAGE.size
    assert error(short, IMAGE) > 0.05


def test_more_filters_withstand_more_noise_in_the_responses():
    errors = []
    for count in (2, 8, 32):
        bank = random_bank(count, 5, seed=2)
        found = respond(IMAGE, bank)
        noise = 0.05 * np.random.default_rng(count).standard_normal(found.positive.shape)
        noisy = type(found)(found.positive + noise, found.negative)
        errors.append(float(np.square(invert(noisy, bank).image - IMAGE).mean()))
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.05**2 / 8


def test_an_orientation_bank_ignores_what_is_constant_and_is_of_unit_norm():
    bank = orientation_bank(6, (1.0, 2.0))
    assert bank.shape == (24, 13, 13)
    np.testing.assert_allclose(bank.sum(axis=(1, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(bank, axis=(1, 2)), 1)


def test_the_edges_of_a_square_are_its_outline():
    found = edges(respond(square(), orientation_bank(4, (1.0,), even=False)))
    strong = found > 0.6 * found.max()
    assert strong[20, 9:11].any()
    assert strong[11:13, 20].any()
    assert not strong[16:24, 15:25].any()
    assert not strong[:6].any()


def test_the_interest_points_of_a_square_are_its_corners():
    found = interest_points(respond(square(), orientation_bank(4, (1.0,), even=False)), 4)
    corners = {(12, 10), (12, 29), (27, 10), (27, 29)}
    assert {min(corners, key=lambda c: np.hypot(*(np.array(c) - point))) for point in found} == corners
    assert all(min(np.hypot(*(np.array(c) - point)) for c in corners) <= 2.5 for point in found)


def test_filters_need_a_centre():
    with pytest.raises(DataError, match="4 pixels wide; expected an odd number"):
        respond(IMAGE, np.ones((1, 4, 4)))
