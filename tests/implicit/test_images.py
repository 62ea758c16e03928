import numpy as np
import pytest

from phiscope.errors import ConfigError, DataError
from phiscope.implicit import bases, images
from phiscope.implicit.images import CONTROLS, control, phase_scrambled, psnr, squeezed


@pytest.mark.parametrize("name", CONTROLS)
@pytest.mark.parametrize("size", [(9, 14), (8, 8), (1, 1)])
def test_controls_are_images_of_their_size_and_seed(name, size):
    image = control(name, size, 2, seed=3)
    assert image.shape == (*size, 2)
    assert image.min() >= 0
    assert image.max() <= 1
    np.testing.assert_array_equal(image, control(name, size, 2, seed=3))


def energy_of_the_largest(name: str, make) -> float:
    """Share of the energy, without the mean, in a tenth of the coefficients: the mean of sixty images."""
    found = []
    for seed in range(60):
        image = make((32, 32), 1, seed=seed)[..., 0]
        falling = np.sort(bases.basis(name, (32, 32)).analyse(image - image.mean()) ** 2)[::-1]
        found.append(falling[:102].sum() / falling.sum())
    return float(np.mean(found))


def test_only_normal_noise_is_the_same_in_every_basis():
    """A fine Haar coefficient is a sum of four pixels, and has less far to go where they have; a wave's is of all."""
    normal, uniform, binary = (
        {name: energy_of_the_largest(name, make) for name in ("dct", "haar")}
        for make in (images.gaussian_noise, images.white_noise, images.binary_noise)
    )
    assert normal["haar"] == pytest.approx(normal["dct"], abs=0.005)
    for short_tailed in (uniform, binary):
        assert short_tailed["haar"] < short_tailed["dct"] - 0.01
        assert short_tailed["dct"] == pytest.approx(normal["dct"], abs=0.005)


def test_noise_of_every_kind_is_about_the_middle_and_white():
    for make, variance in ((images.gaussian_noise, 0.125**2), (images.binary_noise, 0.25)):
        noise = make((64, 64), 1, seed=1)[..., 0]
        assert noise.mean() == pytest.approx(0.5, abs=0.03)
        assert noise.var() == pytest.approx(variance, rel=0.06)
        beside = np.corrcoef(noise[:, :-1].ravel(), noise[:, 1:].ravel())[0, 1]
        assert abs(beside) < 0.05
    assert set(np.unique(images.binary_noise((8, 8)))) == {0.0, 1.0}


def test_white_noise_is_flat_and_uniform():
    power = np.mean(
        [np.abs(np.fft.fft2(images.white_noise((16, 16), 1, seed=s)[..., 0], norm="ortho")) ** 2 for s in range(200)], 0
    )
    np.testing.assert_allclose(power.ravel()[1:], 1 / 12, rtol=0.45)
    assert power.ravel()[1:].mean() == pytest.approx(1 / 12, rel=0.02)


@pytest.mark.parametrize("size", [(12, 16), (9, 7), (8, 5)])
def test_scrambled_phases_keep_every_magnitude_and_the_mean(size):
    image = np.random.default_rng(0).random((*size, 3))
    scrambled = phase_scrambled(image, seed=1)
    spectra = [np.fft.fft2(each, axes=(0, 1)) for each in (image, scrambled)]
    np.testing.assert_allclose(np.abs(spectra[1]), np.abs(spectra[0]), atol=1e-10)
    np.testing.assert_allclose(scrambled.mean((0, 1)), image.mean((0, 1)))
    assert np.abs(scrambled - image).max() > 0.1
    between = [np.angle(s[..., 0] / s[..., 1]) for s in spectra]
    np.testing.assert_allclose(np.exp(1j * between[0]), np.exp(1j * between[1]), atol=1e-8)


def test_squeezed_fits_and_keeps_means_and_ratios():
    image = 0.4 + np.random.default_rng(1).normal(size=(10, 10, 3))
    inside = squeezed(image)
    assert inside.min() >= 0
    assert inside.max() <= 1
    assert min(inside.min(), 1 - inside.max()) == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(inside.mean((0, 1)), image.mean((0, 1)))
    ratio = (inside - inside.mean((0, 1))) / (image - image.mean((0, 1)))
    assert np.ptp(ratio) < 1e-9
    calm = np.full((4, 4, 1), 0.2)
    np.testing.assert_array_equal(squeezed(calm), calm)
    with pytest.raises(DataError, match="between 0 and 1"):
        squeezed(image + 5)


def test_psnr():
    image = np.zeros((4, 4, 1))
    assert psnr(image + 0.1, image) == pytest.approx(20)
    assert psnr(image, image) == np.inf
    where = np.zeros((4, 4), dtype=bool)
    assert np.isnan(psnr(image, image, where))
    spoiled = image.copy()
    spoiled[0, 0] = where[0, 0] = 1
    assert psnr(spoiled, image, where) == pytest.approx(0)
    with pytest.raises(DataError, match=r"expected \(h, w, c\)"):
        psnr(image[..., 0], image[..., 0])


def test_training_pixels():
    mask = images.every_other((5, 4))
    assert mask.sum() == 6
    assert mask[::2, ::2].all()
    some = images.random_pixels((10, 10), 0.25, seed=0)
    assert some.sum() == 25
    assert (some != images.random_pixels((10, 10), 0.25, seed=1)).any()
    with pytest.raises(ConfigError, match="above 0"):
        images.random_pixels((3, 3), 0, seed=0)
    with pytest.raises(ConfigError, match="expected one of white_noise"):
        control("photograph", (3, 3))
