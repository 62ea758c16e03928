import numpy as np
import pytest

from phiscope.errors import DataError
from phiscope.implicit import linear
from phiscope.implicit.bases import dct, fourier, haar


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(0)


def photograph(size: tuple[int, int]) -> np.ndarray:
    """Something smooth with an edge, three channels (n, 3)."""
    rows, columns = np.meshgrid(*(np.linspace(0, 1, side) for side in size), indexing="ij")
    picture = np.stack([np.sin(3 * rows), (columns > 0.4) * 0.7, rows * columns], axis=2)
    return picture.reshape(-1, 3)


def test_least_squares_of_a_complete_basis_is_the_analysis():
    Q, y = fourier((6, 5)).matrix(), photograph((6, 5))
    found = linear.least_squares(Q, y)
    np.testing.assert_allclose(found.weight, Q.T @ y, atol=1e-10)
    np.testing.assert_allclose(found.prediction, y, atol=1e-10)
    assert found.rank == 30
    assert found.residual.max() < 1e-10


def test_least_squares_looks_at_training_pixels_only_and_takes_the_least_norm(random):
    A, y = random.normal(size=(40, 30)), random.normal(size=(40, 2))
    train = np.arange(40) % 2 == 0
    spoiled = y.copy()
    spoiled[~train] = 99
    found = linear.least_squares(A, y, train)
    np.testing.assert_array_equal(found.weight, linear.least_squares(A, spoiled, train).weight)
    np.testing.assert_allclose(found.weight, np.linalg.pinv(A[train]) @ y[train], atol=1e-10)
    np.testing.assert_allclose(found.prediction[train], y[train], atol=1e-10)
    assert found.rank == 20


def test_the_k_largest_are_the_best_k_terms_by_parseval():
    Q, y = fourier((8, 8)).matrix(), photograph((8, 8))[:, 0]
    c = Q.T @ y
    for k in (0, 1, 7, 64):
        missed = np.sort(c**2)[: 64 - k].sum()
        assert ((y - Q @ linear.largest(c, k)) ** 2).sum() == pytest.approx(missed, abs=1e-12)


def test_channels_share_one_support():
    c = np.array([[3.0, 0.0], [2.0, 2.5], [0.0, 1.0]])
    np.testing.assert_array_equal(linear.largest(c, 1), [[0, 0], [2, 2.5], [0, 0]])


@pytest.mark.parametrize("k", [1, 5, 20])
def test_lasso_between_two_coefficients_keeps_the_k_largest(k, random):
    Q = fourier((6, 6)).matrix()
    y = random.normal(size=(36, 1))
    c = (Q.T @ y)[:, 0]
    falling = np.sort(np.abs(c))[::-1]
    best = linear.largest(c, k)
    for share in (0.05, 0.5, 0.95):
        penalty = falling[k] + share * (falling[k - 1] - falling[k])
        found = linear.lasso(Q, y, penalty)
        np.testing.assert_array_equal(np.flatnonzero(found.weight[:, 0]), np.flatnonzero(best))
        np.testing.assert_allclose(found.weight[:, 0], np.sign(c) * np.maximum(np.abs(c) - penalty, 0), atol=1e-6)
        shrunk = np.abs(found.weight[:, 0]).sum()
        assert shrunk == pytest.approx(np.abs(best).sum() - k * penalty, abs=1e-5)


def test_lasso_certificate(random):
    A, y = random.normal(size=(20, 35)), random.normal(size=(20, 2))
    found = linear.lasso(A, y, 2.0)
    assert (found.status == "solved").all()
    assert (np.abs(found.duality_gap) < 1e-8).all()
    slopes = A.T @ (y - A @ found.weight)
    assert np.abs(slopes).max() <= 2.0 + 1e-4
    active = found.weight != 0
    np.testing.assert_allclose(slopes[active], 2.0 * np.sign(found.weight[active]), atol=1e-4)


def test_beyond_the_largest_slope_lasso_is_zero(random):
    A, y = random.normal(size=(10, 6)), random.normal(size=(10, 1))
    found = linear.lasso(A, y, np.abs(A.T @ y).max() * 1.001)
    assert not found.weight.any()
    assert found.duality_gap[0] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("method", ["highs-ds", "highs-ipm"])
def test_basis_pursuit_recovers_a_sparse_image_from_some_pixels(method, random):
    size, k = (12, 12), 6
    Q = fourier(size).matrix()
    weight = np.zeros((144, 2))
    for channel in weight.T:
        channel[random.choice(144, k, replace=False)] = random.normal(size=k)
    seen = np.sort(random.choice(144, 60, replace=False))
    found = linear.basis_pursuit(Q[seen], (Q @ weight)[seen], method=method)
    np.testing.assert_allclose(found.weight, weight, atol=1e-7)
    assert found.support().tolist() == [k, k]
    assert (np.abs(found.duality_gap) < 1e-7).all()
    assert found.residual.max() < 1e-8
    assert found.status.tolist() == ["solved", "solved"]


def test_least_squares_does_not_recover_it(random):
    Q = fourier((12, 12)).matrix()
    weight = np.zeros((144, 1))
    weight[random.choice(144, 6, replace=False)] = 1
    seen = np.sort(random.choice(144, 60, replace=False))
    assert np.abs(linear.least_squares(Q[seen], (Q @ weight)[seen]).weight - weight).max() > 0.1


def test_basis_pursuit_separates_what_two_bases_made(random):
    """A wave and a block: sparse in the union of both dictionaries, in neither alone."""
    size = (8, 8)
    D = np.hstack([dct(size).matrix(), haar(size).matrix()])
    weight = np.zeros((128, 1))
    weight[[9, 64 + 37], 0] = 2.0, -1.5
    found = linear.basis_pursuit(D, D @ weight)
    np.testing.assert_allclose(found.weight, weight, atol=1e-8)
    assert found.duality_gap[0] == pytest.approx(0, abs=1e-8)


def test_a_proven_lower_bound_holds_for_any_feasible_point(random):
    A, y = random.normal(size=(8, 20)), random.normal(size=(8, 1))
    found = linear.basis_pursuit(A, y)
    bound = np.abs(found.weight).sum() - found.duality_gap[0]
    feasible = np.linalg.pinv(A) @ y + (np.eye(20) - np.linalg.pinv(A) @ A) @ random.normal(size=(20, 50))
    assert (np.abs(feasible).sum(0) >= bound - 1e-9).all()


def test_what_cannot_be(random):
    contradiction = linear.basis_pursuit(np.ones((2, 3)), np.array([[0.0], [1.0]]))
    assert contradiction.status.tolist() == ["infeasible"]
    assert np.isnan(contradiction.weight).all()
    with pytest.raises(DataError, match=r"expected \(n, d\) and \(n, c\)"):
        linear.least_squares(np.ones((3, 2)), np.ones((4, 1)))
    with pytest.raises(DataError, match="one True at least"):
        linear.least_squares(np.ones((3, 2)), np.ones((3, 1)), np.zeros(3, dtype=bool))
    with pytest.raises(DataError, match="expected 0 to 3"):
        linear.largest(np.ones(3), 4)
    with pytest.raises(DataError, match="above 0"):
        linear.lasso(np.ones((3, 2)), np.ones((3, 1)), 0)
