"""Outside in few and in many dimensions, where that can be counted or follows from the geometry."""

import numpy as np
import pytest

from phiscope.experiments.geometry.dimension import Space, by_dimension
from phiscope.stats.intervals import Resampling

OPTIONS = {"tolerance": 1e-10, "threads": 1, "options": Resampling(200)}


def space(train, test, noise=0.0):
    return Space("feature", train, test, np.full(len(train), noise), np.full(len(test), noise))


@pytest.fixture
def box():
    """Training samples at the corners of a box with sides 8, 4, 2: the principal directions are its axes."""
    corners = np.array(np.meshgrid([-4, 4], [-2, 2], [-1, 1])).reshape(3, -1).T.astype(float)
    test = np.array([[0, 0, 0], [5, 0, 0], [0, 3, 0], [0, 0, 2.0], [0, 0, 2.5]])
    turned, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    return (corners @ turned + 7).astype(np.float32), (test @ turned + 7).astype(np.float32)


def test_more_directions_put_more_samples_outside(box):
    found = by_dimension(space(*box), [1, 2, 64], **OPTIONS)
    assert found["k"].tolist() == [1, 2, 3]  # and all of them, where more are asked for than there are
    assert found["outside"].tolist() == [0.2, 0.4, 0.8]
    assert set(found["n"]) == {5}
    np.testing.assert_allclose(found["variance"], np.array([16, 20, 21]) / 21, rtol=1e-6)
    np.testing.assert_allclose(found["radius"], np.sqrt([16, 20, 21]), rtol=1e-6)
    np.testing.assert_allclose(found["distance"], [0, 0, 1 / np.sqrt(21)], atol=1e-6)  # 0, 1, 1, 1 and 1.5 in the last


def test_what_noise_decides_is_not_outside(box):
    found = by_dimension(space(*box, noise=0.6), [], **OPTIONS)
    assert (found["outside"].tolist(), found["within_noise"].tolist()) == ([0.2], [0.6])


def test_samples_that_all_lie_in_a_plane_leave_it_or_do_not():
    random = np.random.default_rng(1)
    flat = np.c_[random.normal(size=(200, 2)), np.zeros((200, 2))]
    found = by_dimension(space(flat, np.array([[0, 0, 0, 0], [0, 0, 1.0, 0]])), [2], **OPTIONS)
    assert found["outside"].tolist() == [0, 0.5]
    assert found["variance"].tolist() == [1, 1]


def test_equal_training_samples_span_a_point():
    found = by_dimension(space(np.ones((3, 2)), np.array([[1.0, 1], [2, 1]])), [1], **OPTIONS)
    assert found["outside"].tolist()[-1] == 0.5
    assert found["distance"].tolist()[-1] == 0.5  # the median of 0 and 1, over no radius
