"""Margins to the k closest classes are those of `flip_points` to all, and what is left out is further away."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from phiscope.errors import ConfigError
from phiscope.geometry import margin
from phiscope.geometry.margin import ranked

RESIDUALS = ("primal_residual", "dual_residual", "duality_gap")


@pytest.fixture(scope="module")
def digits():
    """Features and head of a regression on pixels of ten digits."""
    images, labels = load_digits(return_X_y=True)
    fitted = LogisticRegression(max_iter=50, tol=1e-2).fit(images / 16, labels)
    return images[:150] / 16, fitted.coef_.T, fitted.intercept_


def problem(seed=0, m=25, f=8, n=60, rounded=False):
    random = np.random.default_rng(seed)
    x, W, b = np.maximum(random.normal(size=(m, f)), 0), random.normal(size=(f, n)), 0.1 * random.normal(size=n)
    return tuple(np.round(2 * part) if rounded else part for part in (x, W, b))


def by_search(monkeypatch, x, W, b, k, **options):
    """As for more classes than there are."""
    monkeypatch.setattr(ranked, "FEW", 2)
    return margin.closest_classes(x, W, b, classes=k, rows="features", **options)


def kept_of_all(flips, k, m):
    """(class, margin) of the k closest of each sample, straight from the rows of `flip_points`."""
    found = []
    for q in range(m):
        rows = np.flatnonzero((flips.sample == q) & (flips.status == "solved"))
        rows = rows[np.lexsort((flips.other_class[rows], flips.distance[rows]))][:k]
        found.append(sorted(zip(flips.other_class[rows].tolist(), flips.distance[rows].tolist())))
    return found


@pytest.mark.parametrize("k", [1, 3, 9, 20])
def test_of_few_classes_they_are_the_rows_of_all_bit_by_bit(digits, k):
    x, W, b = digits
    flips = margin.flip_points(x, W, b, rows="features")
    found = margin.closest_classes(x, W, b, classes=k, rows="features")
    rows = [
        sorted(zip(*(part[found.sample == q].tolist() for part in (found.other_class, found.distance))))
        for q in range(len(x))
    ]
    assert rows == kept_of_all(flips, k, len(x))
    assert (found.solved == 9).all()
    assert np.isinf(found.others_at_least).all() == (k >= 9)
    whole = margin.closest_classes(x, W, b, classes=None, rows="features")
    for name in ("sample", "other_class", "distance", "status", *RESIDUALS):
        np.testing.assert_array_equal(getattr(whole, name), getattr(flips, name))


@pytest.mark.parametrize("k", [1, 4])
def test_the_search_finds_the_same_digits(digits, monkeypatch, k):
    x, W, b = digits
    searched, all_ = by_search(monkeypatch, x, W, b, k), margin.flip_points(x, W, b, rows="features")
    expected = [row for rows in kept_of_all(all_, k, len(x)) for row in rows]
    assert searched.other_class.tolist() == [j for j, _ in expected]
    np.testing.assert_allclose(searched.distance, [value for _, value in expected], rtol=1e-12)
    assert searched.solved.mean() < k + 2


@pytest.mark.parametrize("rounded", [False, True])
@pytest.mark.parametrize("bound", [0.0, None])
@pytest.mark.parametrize(("k", "f"), [(1, 16), (5, 16), (5, 3)])
def test_of_many_classes_they_are_the_closest(monkeypatch, k, f, bound, rounded):
    """Rounded numbers have ties and pairs of classes with one weight; with few features some pairs have no point."""
    x, W, b = problem(seed=k + f, f=f, n=40 if f > 3 else 16, m=12, rounded=rounded)
    flips = margin.flip_points(x, W, b, rows="features", lower_bound=bound)
    found = by_search(monkeypatch, x, W, b, k, lower_bound=bound)
    for q in range(len(x)):
        mine, all_ = found.sample == q, (flips.sample == q) & (flips.status == "solved")
        table = dict(zip(flips.other_class[all_].tolist(), flips.distance[all_].tolist()))
        expected = np.sort(list(table.values()))[:k]
        np.testing.assert_allclose(np.sort(found.distance[mine]), expected, rtol=1e-11, atol=1e-12)
        for j, distance in zip(found.other_class[mine].tolist(), found.distance[mine]):
            assert distance == pytest.approx(
                table[j], rel=1e-11, abs=1e-12
            )  # of its own class, whatever ties there are
        left = [value for j, value in table.items() if j not in found.other_class[mine]]
        assert found.others_at_least[q] <= min(left, default=np.inf) * (1 + 1e-11) + 1e-12
        assert found.others_at_least[q] >= found.distance[mine].max(initial=0.0) * (1 - 1e-11) - 1e-12
        assert sorted(found.rank[mine]) == list(range(1, mine.sum() + 1))
    assert all(np.nanmax(getattr(found, name), initial=0.0) < 1e-12 for name in RESIDUALS)
    assert set(found.status) <= {"solved"}


def test_a_class_that_looks_close_and_is_not_is_ruled_out_or_solved(monkeypatch):
    """By hand: z = (0, y1 - 2, 2 y1 - 3, y2 - 1) from the origin. Class 1 is at 2 by its hyperplane, but from y1 = 1
    on class 2 is above it, so that no point of its boundary has class 2 below: left are 3, at 1, and 2, at 1.5.
    """
    W = np.array([[0.0, 1.0, 2.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    b = np.array([0.0, -2.0, -3.0, -1.0])
    found = by_search(monkeypatch, np.zeros((1, 2)), W, b, 3, lower_bound=None)
    assert found.other_class.tolist() == [2, 3]
    assert found.distance.tolist() == pytest.approx([1.5, 1.0])
    assert found.rank.tolist() == [2, 1]
    assert found.others_at_least.tolist() == [np.inf]
    one = by_search(monkeypatch, np.zeros((1, 2)), W, b, 1, lower_bound=None)
    assert (one.other_class.tolist(), one.solved.tolist()) == ([3], [1])
    assert one.others_at_least.tolist() == pytest.approx([1.5], rel=1e-9)  # the hyperplane of class 2


def test_a_certificate_is_that_of_the_whole_problem(monkeypatch):
    """Points that are wrong have a residual: those of classes that the search never looked at count as well."""
    x, W, b = problem(n=40, m=6)
    honest = by_search(monkeypatch, x, W, b, 3)
    assert max(getattr(honest, name).max() for name in RESIDUALS) < 1e-13
    of_pair = ranked._Search._certificate

    def moved(self, x, own, other, y, pull, offset, sign):
        return of_pair(
            self, x, own, other, y + 0.1 * (self.weight.T[(own + 7) % 40] - self.weight.T[own]), pull, offset, sign
        )

    monkeypatch.setattr(ranked._Search, "_certificate", moved)
    assert by_search(monkeypatch, x, W, b, 3).primal_residual.min() > 1e-3


def test_another_solver_has_the_same_answer(monkeypatch):
    x, W, b = problem(n=12, m=5)
    one, other = (by_search(monkeypatch, x, W, b, 2, solver=name) for name in ("newton", "quadprog"))
    assert one.other_class.tolist() == other.other_class.tolist()
    np.testing.assert_allclose(one.distance, other.distance, rtol=1e-9)


def test_blocks_of_samples_are_put_together(monkeypatch):
    x, W, b = problem(m=25)
    whole = by_search(monkeypatch, x, W, b, 3)
    monkeypatch.setattr(ranked, "_NUMBERS", 500)
    parts = by_search(monkeypatch, x, W, b, 3)
    np.testing.assert_array_equal(parts.sample, whole.sample)
    np.testing.assert_allclose(parts.distance, whole.distance, rtol=1e-14)


@pytest.mark.parametrize("k", [0, -1, True])
def test_a_count_that_is_none_is_refused(k):
    with pytest.raises(ConfigError, match="expected a whole number from 1"):
        margin.closest_classes(*problem(n=4), classes=k, rows="features")
