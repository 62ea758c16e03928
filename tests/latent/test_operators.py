import numpy as np
import pytest

from phiscope.errors import ConfigError, DataError
from phiscope.latent import operators
from phiscope.latent.spectral import decompose, rotate

ANGLES = [(0.3, 0.0), (np.pi / 6, 1.1), (-2.0, 0.4)]


@pytest.fixture
def z():
    return np.random.default_rng(4).normal(size=(9, 12))


def test_the_sum_of_all_axes_is_m_times_the_identity(basis):
    np.testing.assert_allclose(operators.total(basis), 12 * np.eye(12), atol=1e-11)


def test_projection_takes_one_axis_to_another_and_the_rest_to_zero(basis):
    images = basis.vectors @ operators.projection(basis, 3, 7).T
    expected = np.zeros((12, 12))
    expected[3] = basis.vectors[7]
    np.testing.assert_allclose(images, expected, atol=1e-12)


@pytest.mark.parametrize(("step", "angle"), ANGLES)
def test_equation_11_has_rank_one_and_turns_the_one_vector(basis, step, angle):
    matrix = operators.projector(basis, 0, 5, step, angle)
    assert np.linalg.matrix_rank(matrix) == 1
    u, v = basis.vectors[[0, 5]]
    before = np.cos(angle) * u + np.sin(angle) * v
    np.testing.assert_allclose(matrix @ before, np.cos(angle + step) * u + np.sin(angle + step) * v, atol=1e-12)


@pytest.mark.parametrize(("step", "angle"), ANGLES)
def test_givens_is_a_rotation_and_the_identity_off_its_plane(basis, z, step, angle):
    matrix = operators.givens(basis, 2, 9, step, angle)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(12), atol=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1)
    before, after = decompose(z, basis), decompose(z @ matrix.T, basis)
    others = [k for k in range(12) if k not in (2, 9)]
    np.testing.assert_allclose(after[:, others], before[:, others], atol=1e-12)
    turned = (before[:, 2] + 1j * before[:, 9]) * np.exp(1j * step)
    np.testing.assert_allclose(after[:, 2] + 1j * after[:, 9], turned, atol=1e-12)
    np.testing.assert_allclose(
        matrix @ operators.givens(basis, 2, 9, 0.7), operators.givens(basis, 2, 9, step + 0.7), atol=1e-12
    )


def test_a_quarter_turn_carries_the_coefficient_over(basis, z):
    path = rotate(z, basis, [0, 1], renormalise=False)
    assert path.latents.shape == (4, 9, 12)
    np.testing.assert_allclose(path.angle, np.arange(4) * np.pi / 6)
    before, after = decompose(path.latents[0], basis), decompose(path.latents[-1], basis)
    np.testing.assert_allclose(after[:, 1], before[:, 0], atol=1e-12)
    np.testing.assert_allclose(after[:, 0], -before[:, 1], atol=1e-12)


def test_rotation_keeps_norms_and_distances(basis, z):
    path = rotate(z, basis, [0, 1, 2, 3], renormalise=False)
    norms = np.linalg.norm(path.latents, axis=2)
    np.testing.assert_allclose(norms, np.tile(norms[0], (10, 1)))
    apart = np.linalg.norm(path.latents - path.latents[:, :1], axis=2)
    np.testing.assert_allclose(apart, np.tile(apart[0], (10, 1)), atol=1e-12)


@pytest.mark.parametrize("kind", sorted(operators.KINDS))
def test_renormalised_steps_have_the_norm_of_equation_7(basis, z, kind):
    path = rotate(z, basis, [0, 2], kind=kind)
    np.testing.assert_allclose((path.latents[1:] ** 2).sum(2), 12)


def test_every_latent_becomes_plus_or_minus_one_under_the_projector(basis, z):
    path = rotate(z, basis, [0, 1, 2], kind="projector")
    np.testing.assert_allclose(np.abs(path.latents[1:]), np.abs(path.latents[1:, :1]).repeat(9, 1), atol=1e-10)
    sign = np.sign(z @ basis.vectors[0])
    # after the first stage only rounding is left of the sign: the second begins at an angle of 0 on the target's axis
    np.testing.assert_allclose(path.latents[3], sign[:, None] * basis.vectors[1], atol=1e-10)
    spread = rotate(z, basis, [0, 1, 2]).latents[-1].std(0).mean()
    assert spread > 0.5


def test_steps_of_algorithm_1(basis, z):
    """R(rΔθ, (r-1)Δθ) ends at (2r - 1)Δθ: with π/6, beyond the target; with three steps of π/3, at -ξ."""
    printed = rotate(z, basis, [0, 1], kind="algorithm")
    np.testing.assert_allclose(printed.angle, [0, np.pi / 6, np.pi / 2, 5 * np.pi / 6])
    third = rotate(basis.vectors[:1], basis, [0, 1], step=np.pi / 3, steps=3)
    np.testing.assert_allclose(third.latents[-1], -basis.vectors[:1], atol=1e-12)


def test_any_step_ends_on_the_axis(basis):
    for step, count in ((np.pi / 6, 3), (0.5, 4), (2.0, 1), (np.pi / 2, 1)):
        path = rotate(basis.vectors[:1], basis, [0, 3], step=step)
        assert len(path.latents) == count + 1
        np.testing.assert_allclose(path.latents[-1, 0], basis.vectors[3], atol=1e-12)
    assert path.source.tolist() == [0, 0]
    assert path.target.tolist() == [3, 3]


def test_straight_paths(z):
    path = operators.straight(z, z[0], 4)
    assert path.shape == (5, 9, 12)
    np.testing.assert_array_equal(path[0], z)
    np.testing.assert_allclose(path[-1], np.tile(z[0], (9, 1)))
    np.testing.assert_allclose(path[2], (z + z[0]) / 2)


def test_a_zero_latent_stays_zero():
    np.testing.assert_array_equal(operators.normalised(np.zeros((1, 3))), np.zeros((1, 3)))


def test_what_makes_no_sense(basis, z):
    with pytest.raises(ConfigError, match="kind 'spin'; expected one of givens, projector, algorithm"):
        rotate(z, basis, [0, 1], kind="spin")
    with pytest.raises(DataError, match="at least two"):
        rotate(z, basis, [0])
    with pytest.raises(DataError, match="positive angle"):
        rotate(z, basis, [0, 1], step=0.0)
    with pytest.raises(DataError, match="label 7 has no axis"):
        rotate(z, basis, [0, 7])
