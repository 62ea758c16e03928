"""With a generator that is linear, or known in closed form, everything along a path is known."""

import numpy as np
import pytest

from phiscope.latent import operators, paths
from phiscope.latent.basis import averages


@pytest.fixture
def linear():
    """A generator z -> A z with A of 12 columns, and its derivative."""
    matrix = np.random.default_rng(0).normal(size=(20, 12))
    return lambda z: z @ matrix.T, lambda z, v: np.tile(v @ matrix.T, (len(z), 1))


def test_a_linear_generator_has_no_linearisation_error(linear):
    z = np.random.default_rng(1).normal(size=(5, 12))
    errors = paths.linearisation_error(*linear, z, np.arange(12.0), [0.1, 1.0, 10.0])
    assert errors.shape == (3, 5)
    assert errors.max() < 1e-12


def test_the_error_of_a_square_is_in_closed_form():
    """𝒢(z) = z²: (z + h)² - z² = 2 z h + h², of which the linearisation lacks h²."""
    z, h = np.array([[1.0], [3.0]]), 0.5
    found = paths.linearisation_error(lambda z: z**2, lambda z, v: 2 * z * v, z, np.array([7.0]), [h])
    np.testing.assert_allclose(found[0], h / (2 * z[:, 0] + h))


def test_where_nothing_changes_there_is_no_error_to_speak_of():
    found = paths.linearisation_error(lambda z: 0 * z, lambda z, v: 0 * z, np.ones((2, 3)), np.ones(3), [1.0])
    assert np.isnan(found).all()


def test_diversity_is_the_deviation_per_pixel():
    images = np.stack([np.zeros((1, 2, 2)), np.full((1, 2, 2), 2.0)])
    assert paths.diversity(images) == 1.0
    assert paths.diversity(np.repeat(images[1:], 5, axis=0)) == 0.0


def test_shares_along_a_path():
    latents = np.array([[[0.0], [1.0], [2.0]], [[1.0], [1.0], [1.0]]])
    along = paths.follow(latents, lambda z: z, lambda images: images[:, 0].astype(int), label_count=4)
    np.testing.assert_allclose(along.shares, [[1 / 3, 1 / 3, 1 / 3, 0], [0, 1, 0, 0]])
    np.testing.assert_allclose(along.diversity, [np.sqrt(2 / 3), 0])


def test_equation_11_leaves_no_diversity_and_a_rotation_leaves_it_all(basis, linear):
    z = np.random.default_rng(2).normal(size=(40, 12))
    labels = lambda images: np.zeros(len(images), int)  # noqa: E731
    spread = {}
    for kind in ("givens", "projector"):
        path = operators.rotate(z, basis, [0, 1, 2], kind=kind, renormalise=False)
        spread[kind] = paths.follow(np.abs(path.latents), lambda z: z, labels, label_count=1).diversity
    assert spread["givens"][-1] > 0.5 * spread["givens"][0]
    renormalised = operators.rotate(z, basis, [0, 1, 2], kind="projector").latents
    assert paths.diversity(np.abs(renormalised[-1])) < 1e-10


def test_angles_between_averages():
    latents = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, -2.0]])
    found = paths.label_angles(averages(latents, np.arange(3), label_count=3))
    np.testing.assert_allclose(np.degrees(found), [[0, 45, 90], [45, 0, 90], [90, 90, 0]], atol=1e-5)


def test_a_quarter_circle_has_its_length(basis):
    path = operators.rotate(basis.vectors[:1], basis, [0, 1], step=np.pi / 2 / 1000)
    assert paths.path_lengths(path.latents, lambda z: z)[0] == pytest.approx(np.pi / 2 * np.sqrt(12), rel=1e-5)


def test_what_axes_decode_to():
    scores = np.log([[0.7, 0.2, 0.1], [0.05, 0.05, 0.9]])
    labels, sure = paths.decodes_to(np.eye(2), lambda z: z, lambda images: scores)
    assert labels.tolist() == [0, 2]
    np.testing.assert_allclose(sure, [0.7, 0.9])
