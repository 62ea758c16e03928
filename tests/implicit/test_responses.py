import numpy as np
import pytest
import torch

from phiscope.errors import DataError
from phiscope.implicit import responses
from phiscope.implicit.bases import fourier
from phiscope.implicit.responses import Responses, concentration, energies, mixtures, respond, some
from phiscope.implicit.waves import grid_waves, has_sine

SIZE = (6, 8)
PIXELS = 48


def linear(columns: np.ndarray):
    """z -> columns z, as images of SIZE; columns (pixels, latents)."""
    matrix = torch.from_numpy(columns)
    return lambda z: (z @ matrix.T).view(-1, 1, *SIZE)


def of_axes(columns: np.ndarray) -> dict[str, responses.Concentration]:
    latents = columns.shape[1]
    return Responses.of(linear(columns), torch.zeros(2, latents).double(), torch.eye(latents).double()).by_basis


def test_a_decoder_whose_columns_are_waves_has_effective_number_one():
    found = of_axes(fourier(SIZE).matrix()[:, 1:])  # without the constant
    for name in ("waves", "fourier"):
        np.testing.assert_allclose(found[name].effective, 1, atol=1e-9)
        np.testing.assert_allclose(found[name].share, 1, atol=1e-9)
    assert found["pixels"].effective.min() > 10


def test_the_phase_of_a_wave_matters_to_real_coefficients_only():
    rows, columns = np.meshgrid(*(np.arange(side) / side for side in SIZE), indexing="ij")
    image = np.cos(2 * np.pi * (rows + 2 * columns) + np.pi / 4)[None, None]
    assert concentration(image, "waves").effective.item() == pytest.approx(1)
    assert concentration(image, "fourier").effective.item() == pytest.approx(2)  # cosine and sine alike


def test_single_pixels_are_spread_over_all_waves():
    found = of_axes(np.eye(PIXELS))
    # All frequencies with a sine carry 2 / n, the mean none, the three others that are their own conjugate 1 / n.
    waves = has_sine(grid_waves(SIZE), SIZE)
    twice, once = waves.sum(), (~waves).sum() - 1
    np.testing.assert_allclose(found["waves"].effective, (2 * twice + once) ** 2 / (4 * twice + once))
    # A pixel less the mean: one coefficient of 1 - 1/n, the others -1/n.
    n = PIXELS
    fourth = (1 - 1 / n) ** 4 + (n - 1) / n**4
    np.testing.assert_allclose(found["pixels"].effective, (1 - 1 / n) ** 2 / fourth)


def test_gaussian_responses_have_the_value_of_gaussian_coefficients():
    """A third of the functions of a real basis, half of the waves: E e² is 3 (E e)² for e = c², 2 (E e)² for pairs."""
    columns = np.random.default_rng(0).normal(size=(32 * 32, 40))
    images = columns.T.reshape(40, 1, 32, 32)
    for name in ("fourier", "dct", "pixels", "orthogonal"):
        assert concentration(images, name).effective.mean() == pytest.approx(1024 / 3, rel=0.03)
    assert concentration(images, "waves").effective.mean() == pytest.approx(512 / 2, rel=0.03)


def test_energy_is_that_of_the_image_without_its_mean_in_every_basis():
    images = np.random.default_rng(1).uniform(size=(3, 2, *SIZE))
    variance = np.square(images - images.mean(axis=(2, 3), keepdims=True)).sum(axis=(1, 2, 3))
    for name in responses.BASES:
        np.testing.assert_allclose(energies(images, name).sum(axis=1), variance)


def test_responses_are_derivatives_of_what_is_decoded():
    def decode(z):
        return torch.tanh(z @ torch.ones(3, 12).double()).view(-1, 1, 3, 4) ** 2

    latents, step = torch.tensor([[0.3, -0.1, 0.2], [0.5, 0.4, 0.1]]).double(), 1e-6
    directions = torch.eye(3).double()[:2]
    differences = (decode(latents + step * directions) - decode(latents - step * directions)) / (2 * step)
    np.testing.assert_allclose(respond(decode, latents, directions), differences, atol=1e-7)


def test_what_moves_nothing_or_brightens_everything_has_no_number():
    found = of_axes(np.stack([np.zeros(PIXELS), np.full(PIXELS, 0.3)], axis=1))
    for measured in found.values():
        assert np.isnan(measured.effective).all()


def test_the_mean_over_points_is_of_those_that_have_a_number():
    waves = fourier(SIZE).matrix()[:, [1, 2]].T.reshape(2, 1, *SIZE)
    both = np.stack([waves[0] + waves[1], waves[0]])[None]
    assert Responses.of_images(both).by_basis["waves"].effective == pytest.approx([1.5])
    one = np.stack([waves[0], 0 * waves[0]])[None]
    assert Responses.of_images(one).by_basis["waves"].effective == pytest.approx([1.0])


def test_mixtures_are_unit_vectors_of_the_span_and_some_are_members():
    family = torch.eye(20)[:5].view(5, 4, 5)
    mixed = mixtures(family, 7, seed=1)
    assert mixed.shape == (7, 4, 5)
    np.testing.assert_allclose(mixed.flatten(1).norm(dim=1), 1, rtol=1e-6)
    assert not mixed.flatten(1)[:, 5:].any()
    chosen = some(family, 3, seed=1)
    assert len(chosen.flatten(1).unique(dim=0)) == 3
    assert torch.equal(some(family, 9, seed=1), family)


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(DataError, match=r"latents \(2, 3\), directions \(1, 3\)"):
        respond(linear(np.eye(PIXELS)), torch.zeros(2, 3), torch.zeros(1, 3))
    with pytest.raises(DataError, match=r"\(6, 8\): expected \(m, c, h, w\)"):
        energies(np.zeros(SIZE), "waves")
