"""Turns in a latent space whose axes are the coordinates, of length 2."""

import numpy as np
import pytest

from phiscope.experiments.latent.turns import own_labels, turned
from tests.experiments.latent import toy


@pytest.fixture(scope="module")
def basis():
    return toy.bases()["lowdin"]


def test_the_own_label_is_that_of_the_largest_entry(basis):
    assert own_labels(np.array([[0.1, -3.0, 1.0, 0.2], [0.4, 0.3, 0.2, 0.5]]), basis).tolist() == [1, 3]


def test_a_quarter_turn_goes_over_the_diagonal_and_a_label_to_itself_stands_still(basis):
    way = turned(toy.AXES[1:2], basis, [1, 0, 2], 45, "givens")
    half = np.sqrt(2)  # of an axis of length 2, turned by 45 degrees
    expected = [[0, 2, 0, 0], [0, 2, 0, 0], [half, half, 0, 0], [2, 0, 0, 0], [half, 0, half, 0], [0, 0, 2, 0]]
    np.testing.assert_allclose(way, expected, atol=1e-12)


@pytest.mark.parametrize(("step", "count"), [(90, 1), (45, 2), (40, 3), (30, 3), (1, 90)])
def test_steps_are_equal_and_no_larger_than_asked(basis, step, count):
    way = np.vstack([toy.AXES[:1], turned(toy.AXES[:1], basis, [3], step, "givens")])
    angles = np.rad2deg(np.arccos(np.clip((way[1:] * way[:-1]).sum(1) / 4, -1, 1)))
    np.testing.assert_allclose(angles, [90 / count] * count)
    assert (angles <= step + 1e-9).all()


def test_no_label_to_turn_to_is_no_step(basis):
    assert turned(toy.AXES[:1], basis, [], 30, "givens").shape == (0, 4)
