"""Paths: what appendix A promises of its projection, and lengths known in closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscope.arrays import generator
from phiscope.errors import DataError
from phiscope.geometry.paths import class_changes, equidistant, length_over_chord, straight


def distances(points, a):
    return np.linalg.norm(np.asarray(points) - np.asarray(a), axis=-1)


def require_equidistant(points, a, b):
    drawn, chord = equidistant(points, a, b), np.linalg.norm(b - a)
    np.testing.assert_allclose(distances(drawn, [0, 0]), distances(points, a), atol=1e-10)
    np.testing.assert_allclose(distances(drawn, [chord, 0]), distances(points, b), atol=1e-10)
    assert (drawn[:, 1] >= 0).all()


@given(st.integers(0, 1000), st.integers(2, 64), st.floats(1e-9, 1e3))
def test_distances_to_both_control_points_are_kept(seed, size, scale):
    rng = generator(seed)
    a, b = rng.normal(size=(2, size))
    require_equidistant(a + scale * rng.normal(size=(20, size)), a, b)


@given(st.integers(0, 1000), st.floats(1e-14, 1e-3))
def test_also_next_to_the_control_points(seed, step):
    rng = generator(seed)
    a, b = rng.normal(size=(2, 64))
    for end in (a, b):
        require_equidistant(end + step * rng.normal(size=(5, 64)), a, b)


def test_next_to_b_the_height_keeps_its_digits():
    a, b = np.zeros(3), np.array([10.0, 0, 0])
    heights = np.array([1e-9, 1e-7, 1e-5])
    points = b + np.stack([np.zeros(3), heights, np.zeros(3)], axis=1)
    np.testing.assert_allclose(equidistant(points, a, b)[:, 1], heights, rtol=1e-12)


def test_the_control_points_and_the_line_between_them():
    a, b = np.array([1.0, 2, 3]), np.array([4.0, 6, 3])
    drawn = equidistant(straight(a, b, 5), a, b)
    np.testing.assert_allclose(drawn, [[0, 0], [1.25, 0], [2.5, 0], [3.75, 0], [5, 0]], atol=1e-12)


def test_equal_control_points():
    a = np.array([1.0, 1])
    np.testing.assert_allclose(equidistant([[1, 1], [4, 5]], a, a), [[0, 0], [0, 5]])


def test_a_straight_path_has_ratio_1_and_a_half_circle_half_pi():
    assert length_over_chord(straight(np.zeros(4), np.arange(4.0), 50)) == pytest.approx(1)
    angle = np.linspace(0, np.pi, 10_001)
    assert length_over_chord(np.stack([np.cos(angle), np.sin(angle)], axis=1)) == pytest.approx(np.pi / 2, rel=1e-6)


def test_paths_without_a_chord():
    assert length_over_chord(np.ones((4, 2))) == 1
    assert length_over_chord([[0, 0], [1, 0], [0, 0]]) == float("inf")


def test_straight_paths_of_images_keep_their_shape():
    path = straight(np.zeros((3, 2, 2)), np.ones((3, 2, 2)), 3)
    assert path.shape == (3, 3, 2, 2)
    assert (path[1] == 0.5).all()


def test_class_changes_count_every_crossing():
    np.testing.assert_array_equal(class_changes([[1, 1, 1], [1, 2, 1], [1, 1, 3]]), [0, 2, 1])


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(DataError, match="expected"):
        equidistant(np.zeros((3, 2)), np.zeros(3), np.zeros(3))
    with pytest.raises(DataError, match="two ends"):
        straight(0, 1, 1)
