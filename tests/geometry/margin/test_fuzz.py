"""Closest flip points of small heads of all kinds against the least of the certified flip points per pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiscope.geometry import margin

drawn = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**31),
        "size": st.sampled_from([1.0, 1.0, 1e-6, 1e6, 1e-30, 1e30, 1e-90, 1e90]),
        "weights": st.sampled_from([1.0, 1.0, 1e-8, 1e8, 1e-60, 1e-95]),
        "biases": st.sampled_from([0.0, 1.0, 1.0, 1e3, 1e8]),
        "above": st.booleans(),  # whether features are above the bound, as those behind a ReLU are
        "whole": st.booleans(),  # small whole numbers, so that classes and boundaries fall together
        "bound": st.sampled_from([0.0, 0.0, -0.5, None]),
    }
)


def judged(seed, size, weights, biases, above, whole, bound):
    random = np.random.default_rng(seed)
    f, n = int(random.integers(1, 6)), int(random.integers(2, 5))
    x, W, b = random.normal(size=(3, f)), random.normal(size=(f, n)), random.normal(size=n) * biases
    x = np.maximum(x, 0) if above else x
    x, W, b = (np.round(part) for part in (x, W, b)) if whole else (x, W, b)
    x, W, b, bound = x * size, W * weights, b * size * weights, None if bound is None else bound * size
    if np.abs(b).max() > margin.flips.LARGEST:
        return
    closest = margin.closest_flip(x, W, b, rows="features", lower_bound=bound)
    flips = margin.flip_points(x, W, b, rows="features", lower_bound=bound)
    assert set(flips.status) <= {"solved", "infeasible", "degenerate_pair"}
    solved = flips.status == "solved"
    for certificate in (flips.primal_residual, flips.dual_residual, flips.duality_gap):
        assert certificate[solved].max(initial=0) < 1e-10
    least = np.where(solved, flips.distance, np.inf).reshape(3, -1).min(1)
    assert np.array_equal(np.isinf(least), np.isinf(closest.distance))
    found = np.isfinite(least)
    scale = np.maximum(np.abs(x).max(1), least)[found]
    assert np.all(np.abs(least[found] - closest.distance[found]) <= 1e-9 * scale)


@given(drawn)
@settings(max_examples=400, deadline=None, print_blob=True)
def test_the_closest_flip_is_the_least(case):
    judged(**case)


@pytest.mark.long
@given(drawn)
@settings(max_examples=30_000, deadline=None, print_blob=True)
def test_the_closest_flip_is_the_least_at_length(case):
    judged(**case)


def test_a_feature_below_the_bound_by_hand():
    """From (-3, -3, 3) to y1 + 2 y2 + y3 = 0 with y >= 0, which is the origin."""
    x, W = np.array([[-3.0, -3.0, 3.0]]), np.array([[1.0, 2.0], [0.0, 2.0], [-1.0, 0.0]])
    flip = margin.closest_flip(x, W, np.zeros(2), lower_bound=0.0)
    np.testing.assert_allclose(flip.point, 0, atol=1e-12)
    assert flip.distance[0] == pytest.approx(np.sqrt(27))


def test_a_feature_leaves_the_bound_on_its_way():
    """z = (2, y1): from (-1, 0) the first coordinate waits at 0 until the step has risen there, then goes on to 2."""
    W, b = np.array([[0.0, 1.0], [0.0, 0.0]]), np.array([2.0, 0.0])
    flip = margin.closest_flip(np.array([[-1.0, 0.0]]), W, b, rows="features", lower_bound=0.0)
    np.testing.assert_allclose(flip.point, [[2.0, 0.0]])
    assert flip.distance[0] == pytest.approx(3)


def test_a_boundary_that_touches_the_corner_is_reached():
    flip = margin.closest_flip(
        np.array([[0.3556771122041761]]),
        np.array([[0.20511740737126294, 1.4985799350104871]]),
        np.zeros(2),
        rows="features",
    )
    assert flip.distance[0] == pytest.approx(0.3556771122041761)


def test_most_classes_are_not_tried_and_none_is_missed(monkeypatch):
    """Of 60 classes the least distance over all, one by one; a bound that lies would leave one out."""
    random = np.random.default_rng(0)
    x, W, b = random.normal(size=(40, 30)), random.normal(size=(30, 60)), random.normal(size=60)
    W[:, 7], b[7] = W[:, 3], b[3] - 1e-9  # the same weights as another class
    own = (x @ W + b).argmax(1)
    tried, onto = [], margin.closest._onto_boundary

    def counted(x, *rest):
        tried.append(len(x))
        return onto(x, *rest)

    monkeypatch.setattr(margin.closest, "_onto_boundary", counted)
    for bound in (None, 0.0):
        tried.clear()
        closest = margin.closest_flip(x, W, b, rows="features", lower_bound=bound)
        if bound is None:  # the distance to a hyperplane
            assert sum(tried) < 3 * len(x)
            logits = x @ W + b
            apart = np.linalg.norm(W[:, own][:, :, None] - W[:, None], axis=0)
            with np.errstate(invalid="ignore"):
                every = np.where(apart > 0, (logits[np.arange(40), own][:, None] - logits) / apart, np.inf)
        else:
            flips = margin.flip_points(x, W, b, rows="features", lower_bound=bound)
            every = np.where(flips.status == "solved", flips.distance, np.inf).reshape(40, -1)
        np.testing.assert_allclose(closest.distance, every.min(1), rtol=1e-9)
