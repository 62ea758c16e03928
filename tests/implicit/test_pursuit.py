"""Basis pursuit denoising against closed forms and another solver."""

import numpy as np
import pytest

from phiscope.errors import DataError
from phiscope.implicit import linear
from phiscope.implicit.bases import basis
from phiscope.implicit.pursuit import analyse, largest_penalty, pursue, refitted, shrunk, synthesise

SIZE = (8, 8)


@pytest.fixture
def image():
    return np.random.default_rng(0).normal(size=SIZE)


def test_one_basis_is_its_coefficients_shrunk(image):
    dct = basis("dct", SIZE)
    found = pursue(image, [dct], 0.7, tolerance=1e-12)
    np.testing.assert_allclose(found.weight[0], shrunk(dct.analyse(image), 0.7), atol=1e-9)
    assert found.status == "solved"
    assert abs(found.gap) < 1e-12


def test_two_bases_agree_with_coordinate_descent(image):
    """scikit-learn's Lasso on the written-out dictionary: another algorithm, the same minimum."""
    bases = [basis("dct", SIZE), basis("haar", SIZE)]
    D = np.hstack([each.matrix() for each in bases])
    found = pursue(image, bases, 0.5, tolerance=1e-9, most=20_000)
    other = linear.lasso(D, image.reshape(-1, 1), 0.5)

    def objective(weight):
        return ((image.ravel() - D @ weight) ** 2).sum() / 2 + 0.5 * np.abs(weight).sum()

    assert found.status == "solved"
    assert objective(found.weight.ravel()) == pytest.approx(objective(other.weight[:, 0]), rel=1e-8)
    np.testing.assert_allclose(synthesise(found.weight, bases).ravel(), D @ other.weight[:, 0], atol=1e-4)


def test_the_gap_bounds_what_is_missing(image):
    """After few steps the bound still holds: the objective less the gap is below the minimum."""
    bases = [basis("dct", SIZE), basis("haar", SIZE)]
    half = (image**2).sum() / 2

    def objective(found):
        return ((image - synthesise(found.weight, bases)) ** 2).sum() / 2 + 0.3 * np.abs(found.weight).sum()

    least = objective(pursue(image, bases, 0.3, tolerance=1e-10, most=20_000))
    for most in (1, 3, 10):
        early = pursue(image, bases, 0.3, tolerance=1e-10, most=most)
        assert early.status == "iteration_limit"
        assert early.iterations == most
        assert objective(early) - early.gap * half <= least * (1 + 1e-9)
        assert objective(early) >= least * (1 - 1e-9)


def test_from_the_largest_penalty_on_nothing_is_left(image):
    bases = [basis("fourier", SIZE), basis("haar", SIZE)]
    top = largest_penalty(image, bases)
    assert pursue(image, bases, 1.0001 * top).support() == 0
    assert pursue(image, bases, 0.9 * top).support() > 0


def test_a_sum_of_a_wave_and_an_edge_needs_both_bases():
    """Five functions of either basis make a picture that either alone needs many for; together they are found again."""
    bases = [basis("dct", SIZE), basis("haar", SIZE)]
    weight = np.zeros((2, 64))
    weight[0, [9, 20]], weight[1, [30, 41, 55]] = (4.0, -3.0), (5.0, 3.0, -4.0)
    image = synthesise(weight, bases)
    found = pursue(image, bases, 0.05, tolerance=1e-8, most=20_000)
    largest = np.sort(np.argsort(-np.abs(found.weight).ravel())[:5])
    np.testing.assert_array_equal(largest, np.flatnonzero(weight))
    assert min((np.abs(each.analyse(image)) > 0.05).sum() for each in bases) > 15


def test_fitted_again_a_support_is_least_squares(image):
    bases = [basis("dct", SIZE), basis("haar", SIZE)]
    support = np.random.default_rng(1).random((2, 64)) < 0.2
    found = refitted(image, bases, support)
    D = np.hstack([each.matrix() for each in bases])[:, support.ravel()]
    expected = np.linalg.lstsq(D, image.ravel(), rcond=None)[0]
    np.testing.assert_allclose(synthesise(found, bases).ravel(), D @ expected, atol=1e-6)
    assert not found[~support].any()
    dct = [bases[0]]
    np.testing.assert_allclose(refitted(image, dct, support[:1])[support[:1]], analyse(image, dct)[support[:1]])


def test_there_must_be_a_penalty_and_a_basis(image):
    with pytest.raises(DataError, match="expected a penalty above 0 and a basis"):
        pursue(image, [basis("dct", SIZE)], 0.0)
    with pytest.raises(DataError, match="0 bases"):
        pursue(image, [], 1.0)
