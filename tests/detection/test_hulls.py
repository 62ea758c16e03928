"""Detectors by hulls and balls, and conformal p-values, against closed forms and plain loops."""

import numpy as np
import pytest

from phiscope.detection import hulls
from phiscope.detection.conformal import p_values
from phiscope.geometry.balls import in_union


def test_p_values_by_a_loop_over_their_definition():
    random = np.random.default_rng(0)
    scores, groups = random.integers(0, 6, 50) / 2, random.integers(0, 3, 50)  # with ties
    null, null_groups = random.integers(0, 6, 40) / 2, random.integers(0, 2, 40)
    expected = [
        (1 + sum(n >= s for n, h in zip(null, null_groups) if h == g)) / (1 + sum(null_groups == g))
        for s, g in zip(scores, groups)
    ]
    np.testing.assert_allclose(p_values(scores, groups, null, null_groups), expected)


def test_p_values_of_what_no_training_sample_was_and_of_a_group_without_a_null():
    null, groups = np.array([0.0, 0.0, 1.0]), np.zeros(3, int)
    found = p_values(np.array([np.inf, 0.0, 1.0, np.nan, 5.0]), np.array([0, 0, 0, 0, 7]), null, groups)
    np.testing.assert_array_equal(found, [1 / 4, 1, 2 / 4, np.nan, 1])
    assert p_values(np.empty(0), np.empty(0, int), null, groups).shape == (0,)


def test_p_values_of_exchangeable_scores_are_no_smaller_than_uniform_ones():
    """Over many draws of a sample and its null, and also where ties are many."""
    random = np.random.default_rng(1)
    for draw in (random.normal, lambda size: random.integers(0, 3, size).astype(float)):
        all_scores = draw(size=(4000, 20))
        zero, null = np.zeros(1, int), np.zeros(19, int)
        found = np.array([p_values(row[:1], zero, row[1:], null)[0] for row in all_scores])
        for level in (0.05, 0.2, 0.5):
            assert (found <= level).mean() <= level + 3 * np.sqrt(level / len(found))


def test_the_ratio_of_two_hulls():
    own, other = (
        np.array([1.0, 0.0, 2.0, 0.0, np.inf, np.inf, 3.0]),
        np.array([2.0, 1.0, 0.0, 0.0, 1.0, np.inf, np.inf]),
    )
    np.testing.assert_array_equal(hulls.hull_ratio(own, other), [0.5, 0, np.inf, 1, np.inf, 1, 0])


def test_near_the_hull_and_near_a_boundary_are_both_asked_for():
    """Beside a usual margin of 2 and a usual distance of 4."""
    margins, distances = np.array([0.2, 0.2, 2.0, np.inf]), np.array([0.4, 8.0, 0.4, 0.0])
    found = hulls.near_both(margins, distances, np.array([1.0, 2.0, 3.0, np.inf]), np.array([4.0, 4.0, 5.0]))
    np.testing.assert_allclose(found, [-0.1, -2, -1, -np.inf])
    assert found.argmax() == 0
    # Where the median distance is 0 the mean counts; where all are 0, or there is none, the distance itself.
    one = np.array([1.0])
    assert hulls.near_both(0 * one, one, one, np.array([0.0, 0.0, 6.0]))[0] == -0.5
    assert hulls.near_both(0 * one, 3 * one, one, np.zeros(4))[0] == -3
    assert hulls.near_both(0 * one, 3 * one, one, np.empty(0))[0] == -3


@pytest.mark.parametrize("block", [3, 256])
def test_the_union_by_a_loop_and_its_sign_by_membership(block, monkeypatch):
    monkeypatch.setattr(hulls, "_BLOCK", block)
    random = np.random.default_rng(2)
    points, centres, radii = random.normal(size=(40, 3)), random.normal(size=(60, 3)), random.uniform(0, 0.9, 60)
    found = hulls.union(points, centres, radii)
    expected = [min(np.linalg.norm(x - c) - r for c, r in zip(centres, radii)) for x in points]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_array_equal(found < 0, in_union(points, centres, radii))
    assert 0 < (found < 0).sum() < 40


def test_the_union_at_a_centre_and_with_a_ball_that_holds_everything():
    centres = np.array([[1e4, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(hulls.union(centres, centres, np.array([0.5, 0.25])), [-0.5, -0.25], atol=1e-12)
    assert hulls.union(np.zeros((1, 2)), centres, np.array([np.inf, 1.0]))[0] == -np.inf
