import numpy as np
import pytest

from phiscope.denoise.corruptions import CORRUPTIONS, corrupt
from phiscope.errors import ConfigError, DataError

SAMPLES = [7, 0, 31]


@pytest.fixture
def images():
    return np.random.default_rng(1).integers(0, 256, (3, 3, 40, 40), dtype=np.uint8)


def noise_of(images, kind, level, **options):
    free = {"samples": SAMPLES, "seed": 2, "clip": False} | options
    return corrupt(images, kind, level, **free).astype(np.float64) - images / 255


def test_gaussian_has_the_standard_deviation_and_no_colour(images):
    noise = noise_of(images, "gaussian", 0.3)
    assert noise.std() == pytest.approx(0.3, rel=0.03)
    assert noise.mean() == pytest.approx(0, abs=0.01)
    assert (noise**4).mean() / noise.var() ** 2 == pytest.approx(3, abs=0.2)  # kurtosis of a normal distribution
    assert np.abs(np.corrcoef(noise.reshape(9, -1))[np.triu_indices(9, 1)]).max() < 0.1  # images, channels


def test_uniform_reaches_its_level_and_no_further(images):
    noise = noise_of(images, "uniform", 0.2)
    assert np.abs(noise).max() == pytest.approx(0.2, rel=0.01)
    assert noise.std() == pytest.approx(0.2 / 3**0.5, rel=0.03)


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_noise_rests_on_the_sample_not_on_its_neighbours(images, kind):
    whole = corrupt(images, kind, 0.1, samples=SAMPLES, seed=2)
    for row, sample in enumerate(SAMPLES):
        alone = corrupt(images[row : row + 1], kind, 0.1, samples=[sample], seed=2)
        np.testing.assert_array_equal(alone[0], whole[row])
    assert not np.array_equal(corrupt(images, kind, 0.1, samples=SAMPLES, seed=3), whole)
    assert not np.array_equal(corrupt(images, kind, 0.1, samples=[8, 0, 31], seed=2)[0], whole[0])


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_the_level_scales_one_draw_and_zero_is_the_image(images, kind):
    np.testing.assert_allclose(noise_of(images, kind, 0.4), 4 * noise_of(images, kind, 0.1), atol=1e-6)
    np.testing.assert_allclose(noise_of(images, kind, 0.0), 0, atol=1e-7)


def test_kinds_draw_differently(images):
    normal, flat = noise_of(images, "gaussian", 1.0), noise_of(images, "uniform", 1.0)
    assert abs(np.corrcoef(normal.ravel(), flat.ravel())[0, 1]) < 0.05


def test_clipping_and_rounding_are_switches(images):
    free, clipped, rounded = (
        corrupt(images, "gaussian", 0.5, samples=SAMPLES, seed=2, **switches)
        for switches in ({"clip": False}, {}, {"quantise": True})
    )
    assert free.min() < 0
    assert free.max() > 1
    np.testing.assert_array_equal(clipped, np.clip(free, 0, 1))
    assert np.abs(rounded - clipped).max() <= 0.5 / 255 + 1e-7
    np.testing.assert_array_equal(rounded, rounded.astype(np.float32))
    np.testing.assert_allclose(rounded * 255, np.rint(rounded * 255), atol=1e-4)
    assert {array.dtype for array in (free, clipped, rounded)} == {np.dtype(np.float32)}


def test_what_does_not_fit_is_said(images):
    with pytest.raises(ConfigError, match="noise 'snow' does not exist; expected one of gaussian, uniform"):
        corrupt(images, "snow", 0.1, samples=SAMPLES, seed=0)
    with pytest.raises(DataError, match="one an image"):
        corrupt(images, "gaussian", 0.1, samples=[1], seed=0)
