import numpy as np
import pytest

from phiscope.geometry.lipschitz import constant, largest_ratio


def test_against_brute_force_and_below_the_constant():
    random = np.random.default_rng(0)
    x, y, W = random.normal(size=(70, 5)), random.normal(size=(300, 5)), random.normal(size=(5, 3))
    x[3] = y[7]  # an identical pair says nothing
    y[8] = x[4] + 1e-7 * random.normal(size=5)  # a close one does
    differences = x[:, None] - y
    with np.errstate(invalid="ignore"):
        ratios = np.linalg.norm(differences @ W, axis=2) / np.linalg.norm(differences, axis=2)
    steepest = largest_ratio(x, W, y)
    assert steepest.ratio == pytest.approx(np.nanmax(ratios), rel=1e-12)
    assert (steepest.first, steepest.second) == np.unravel_index(np.nanargmax(ratios), ratios.shape)
    assert steepest.ratio <= constant(W)


def test_reached_along_the_leading_singular_vector():
    W = np.random.default_rng(1).normal(size=(4, 3))
    direction = np.linalg.svd(W)[0][:, 0]
    assert largest_ratio(np.stack([direction, 3 * direction]), W).ratio == pytest.approx(constant(W), rel=1e-12)


def test_a_close_pair_is_not_lost_to_rounding():
    W = np.diag([1.0, 5.0])
    x = np.array([[1e3, 0.0], [1e3, 1e-6], [0.0, 0.0]])
    assert largest_ratio(x, W).ratio == pytest.approx(5.0, rel=1e-9)


def test_no_pair():
    assert np.isnan(largest_ratio(np.ones((3, 2)), np.eye(2)).ratio)
