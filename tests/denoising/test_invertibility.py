import numpy as np
import pytest
from skimage import data

from phiscope.denoising.filterbank import random_bank, respond
from phiscope.denoising.invertibility import COUNTS, NOISES, disturbed, recoveries, recovery

IMAGE = data.camera()[100:108, 160:168].astype(float) / 255


@pytest.fixture(scope="module")
def found():
    return {(r.bank, r.filters, r.both_signs, r.noise): r for r in recoveries(IMAGE[None], seed=0)}


def test_there_is_a_row_for_every_combination(found):
    turned = [count for count in COUNTS if count % 4 == 0]
    assert len(found) == (len(COUNTS) + len(turned)) * 2 * len(NOISES)


def test_the_image_is_exact_once_there_are_filters_enough(found):
    for bank in ("random", "orientation"):
        for both_signs in (False, True):
            assert found[bank, 64, both_signs, 0.0].error < 1e-6
    alone = found["random", 1, False, 0.0]
    assert alone.equations < 1
    assert alone.error > 0.05


def test_equations_are_counted_per_pixel(found):
    assert found["random", 8, True, 0.0].equations == 8
    assert 2 < found["random", 8, False, 0.0].equations < 6  # about half of the responses survive


def test_error_grows_as_the_noise_and_falls_as_one_over_the_root_of_the_filters(found):
    error = {key[1:]: row.error for key, row in found.items() if key[0] == "random"}
    assert error[16, True, 0.1] / error[16, True, 0.01] == pytest.approx(10, rel=1e-3)
    # The responses to n unit filters of random directions are worth about n independent looks at each pixel.
    for count in (16, 64):
        assert error[count, True, 0.1] == pytest.approx(0.1 / np.sqrt(count), rel=0.4)


def test_noise_leaves_silent_responses_silent():
    clean = respond(IMAGE, random_bank(4, 5, seed=0), both_signs=False)
    noisy = disturbed(clean, 0.1, np.random.default_rng(0))
    np.testing.assert_array_equal(noisy.positive > 0, clean.positive > 0)
    assert 0.05 < (noisy.positive - clean.positive)[clean.positive > 0.3].std() < 0.2


def test_the_same_seed_gives_the_same():
    arguments = (IMAGE, 0, "random", 4, True, 0.1)
    assert recovery(*arguments, seed=1) == recovery(*arguments, seed=1) != recovery(*arguments, seed=2)
