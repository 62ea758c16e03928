import numpy as np
import pytest

from phiscope.attacks import judge
from phiscope.errors import DataError


def test_success_is_another_class_by_any_lead(brightness, first_pixels):
    judged = judge(brightness, first_pixels(0.2, 0.2, 0.8), first_pixels(0.3, 0.5001, 0.1))
    assert judged.before.tolist() == [0, 0, 1]
    assert judged.after.tolist() == [0, 1, 0]
    assert judged.success.tolist() == [False, True, True]
    np.testing.assert_allclose(judged.lead, [-0.2, 0.0001, 0.4], atol=1e-6)


def test_rounding_takes_a_small_change_back(brightness, first_pixels):
    brightness[1].bias.data[0] = 100.3 / 255  # between two 8-bit values
    judged = judge(brightness, first_pixels(100 / 255), first_pixels(100.4 / 255))
    assert judged.success.tolist() == [True]
    assert judged.success_8bit.tolist() == [False]


def test_distances_are_those_of_the_clamped_image(brightness, first_pixels):
    attacked = first_pixels(1.5)
    attacked[0, 0, 1, 1] = -0.3
    judged = judge(brightness, first_pixels(0.4), attacked)
    np.testing.assert_allclose(judged.l2, [np.hypot(0.6, 0.25)], rtol=1e-6)
    np.testing.assert_allclose(judged.linf, [0.6], rtol=1e-6)


def test_a_confidence_asks_for_more_than_another_class(brightness, first_pixels):
    judged = judge(brightness, first_pixels(0.4, 0.4), first_pixels(0.6, 0.8), confidence=0.2)
    assert judged.success.tolist() == [False, True]
    assert judged.after.tolist() == [1, 1]


def test_8_bit_originals_are_taken_as_they_are(brightness):
    original = np.full((1, 1, 2, 2), 51, np.uint8)
    judged = judge(brightness, original, np.full((1, 1, 2, 2), 0.2, np.float32))
    np.testing.assert_allclose(judged.l2, [0], atol=1e-6)


def test_shapes_and_numbers_are_checked(brightness, first_pixels):
    with pytest.raises(DataError, match="expected the same shape"):
        judge(brightness, first_pixels(0.1), first_pixels(0.1, 0.2))
    with pytest.raises(DataError, match="row 0"):
        judge(brightness, first_pixels(0.1), first_pixels(np.nan))
