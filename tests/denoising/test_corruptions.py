import numpy as np
import pytest

from phiscope.denoising.corruptions import CORRUPTIONS, Noise, corrupt, corrupt_anew
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


@pytest.mark.parametrize("kind", ["gaussian", "uniform"])
def test_the_level_scales_one_draw(images, kind):
    np.testing.assert_allclose(noise_of(images, kind, 0.4), 4 * noise_of(images, kind, 0.1), atol=1e-6)


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_level_zero_is_the_image_and_more_changes_more(images, kind):
    np.testing.assert_allclose(noise_of(images, kind, 0.0), 0, atol=1e-7)
    weak, strong = (np.square(noise_of(images, kind, level)).mean() for level in (0.1, 0.4))
    assert 0 < weak < strong


def test_poisson_has_the_mean_of_the_image_and_a_variance_proportional_to_it():
    grey = np.full((1, 1, 200, 200), 0.4)
    found = corrupt(grey, "poisson", 0.2, samples=[0], seed=1, clip=False).astype(float)
    assert found.mean() == pytest.approx(0.4, abs=0.003)
    assert found.var() == pytest.approx(0.2**2 * 0.4, rel=0.03)
    photons = found * 25  # the peak is 1 / level²
    np.testing.assert_allclose(photons, np.rint(photons), atol=1e-4)


def test_salt_and_pepper_replaces_its_share_in_all_channels_half_and_half(images):
    found = corrupt(np.full((1, 3, 200, 200), 0.5), "salt-and-pepper", 0.3, samples=[0], seed=1)[0]
    assert (found[0] == 0).mean() == pytest.approx(0.15, abs=0.01)
    assert (found[0] == 1).mean() == pytest.approx(0.15, abs=0.01)
    np.testing.assert_array_equal(found[0], found[2])


def test_blocks_knock_out_their_share_in_squares_that_lie_differently_in_every_image():
    found = corrupt(np.ones((200, 1, 32, 32)), "blocks", 0.25, samples=range(200), seed=1)[:, 0] == 0
    assert found.mean() == pytest.approx(0.25, abs=0.02)
    grids = {next(place for place in np.ndindex(8, 8) if _is_of_blocks(mask, place)) for mask in found}
    assert len(grids) > 20


def _is_of_blocks(mask, place):
    """Whether a mask is constant on the cells of 8 x 8 pixels of the grid that begins so far before the image."""
    padded = np.pad(mask.astype(float), [(before, 8 - before) for before in place], mode="edge")
    cells = padded.reshape(5, 8, 5, 8)
    return (np.ptp(cells, axis=(1, 3)) == 0).all()


def test_a_mixture_holds_all_its_kinds():
    found = corrupt(np.full((80, 1, 16, 16), 0.5), "mixture", 0.2, samples=range(80), seed=1, clip=False)
    kinds = [_kind_of(image) for image in found]
    assert set(kinds) == {"gaussian", "poisson", "salt-and-pepper", "blocks"}
    assert min(map(kinds.count, kinds)) > 8


def _kind_of(image):
    """Which noise of level 0.2 lies on an image that was 0.5 everywhere."""
    if np.isin(image, (0, 0.5)).all():
        return "blocks"
    if np.isin(image, (0, 0.5, 1)).all():
        return "salt-and-pepper"
    return "poisson" if np.isclose(image / 0.04, np.rint(image / 0.04), atol=1e-3).all() else "gaussian"


def test_training_draws_anew_in_every_epoch_and_the_same_when_resumed(images):
    noises = [Noise("gaussian", (0.0, 0.5)), Noise("blocks", 0.25)]
    options = {"samples": SAMPLES, "seed": 2}
    first, again, later = (corrupt_anew(images, noises, epoch=epoch, **options) for epoch in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert all(not np.array_equal(a, b) for a, b in zip(first, later))
    alone = corrupt_anew(images[1:2], noises, samples=SAMPLES[1:2], seed=2, epoch=0)
    np.testing.assert_array_equal(alone[0], first[1])


def test_levels_are_drawn_evenly_from_their_range():
    grey = np.full((300, 1, 16, 16), 0.5)
    found = corrupt_anew(grey, [Noise("gaussian", (0.1, 0.3))], samples=range(300), seed=0, epoch=3)
    deviations = found.std(axis=(1, 2, 3))
    assert deviations.mean() == pytest.approx(0.2, abs=0.01)
    assert deviations.std() == pytest.approx(0.2 / 12**0.5, rel=0.2)


def test_noise_of_the_configuration():
    assert Noise.of({"noise": "blocks", "level": 0.25}) == Noise("blocks", 0.25)
    assert str(Noise.of({"noise": "gaussian", "level": [0, 0.2]})) == "gaussian 0-0.2"
    with pytest.raises(ConfigError, match="noise 'rain' does not exist"):
        Noise.of({"noise": "rain", "level": 1})
    with pytest.raises(ConfigError, match="at least one"):
        corrupt_anew(np.zeros((1, 1, 4, 4)), [], samples=[0], seed=0, epoch=0)


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
