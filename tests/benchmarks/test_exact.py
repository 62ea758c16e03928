from fractions import Fraction

import numpy as np

from benchmarks import exact

DIAGONAL = np.array([[1.0, -1.0]]), np.array([0.0])  # y1 = y2


def test_the_foot_on_a_line():
    assert exact.closest(np.array([3.0, 0.0]), *DIAGONAL, None, np.array([1.5, 1.5])) == [Fraction(3, 2)] * 2


def test_a_point_at_the_bound():
    """On y1 + y2 = 1 the foot of (3, -1) has y2 < 0, so that y2 stays 0."""
    x = np.array([3.0, -1.0])
    y = exact.closest(x, np.array([[1.0, 1.0]]), np.array([1.0]), 0.0, np.array([1.0, 0.0]))
    assert y == [1, 0]
    assert exact.distance(x, y) == np.sqrt(5)


def test_a_corner_where_multipliers_are_not_unique_is_left_unproven():
    assert exact.closest(np.array([1.0, -3.0]), *DIAGONAL, 0.0, np.zeros(2)) is None


def test_an_inequality_that_only_touches_is_dropped():
    """At the foot (1, 1) the row y1 <= 1 holds with equality but pushes the other way."""
    B, d = np.array([[1.0, -1.0], [-1.0, 0.0]]), np.array([0.0, -1.0])
    assert exact.closest(np.array([2.0, 0.0]), B, d, None, np.array([1.0, 1.0])) == [1, 1]


def test_a_wrong_guess_is_refused():
    B, d = np.array([[1.0, -1.0], [1.0, 0.0]]), np.array([0.0, 1.0])  # y1 <= 1, violated by the foot
    assert exact.closest(np.array([6.0, 0.0]), B, d, None, np.array([-5.0, -5.0])) is None
    assert exact.closest(np.array([6.0, 0.0]), B, d, None, np.array([1.0, 1.0])) == [1, 1]
