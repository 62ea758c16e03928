import numpy as np
import pytest

from phiscope.implicit import images, spectrum
from phiscope.implicit.bases import basis, fourier
from phiscope.implicit.encodings import encode
from phiscope.implicit.linear import largest
from phiscope.implicit.waves import positions


def wave(size: tuple[int, int], u: int, v: int, amplitude: float = 0.25) -> np.ndarray:
    rows, columns = np.meshgrid(*(np.arange(side) / side for side in size), indexing="ij")
    return 0.5 + amplitude * np.cos(2 * np.pi * (u * rows + v * columns))


@pytest.fixture
def picture() -> np.ndarray:
    return images.pink_noise((15, 12), seed=1)


def test_energy_is_the_variance(picture):
    assert spectrum.energy(picture) == pytest.approx(180 * picture.var((0, 1)).mean(), rel=1e-12)
    assert spectrum.energy(images.constant((5, 6))) == pytest.approx(0, abs=1e-20)


def test_one_wave_in_closed_form():
    image = wave((16, 12), 3, -2)
    assert spectrum.l1(image) == pytest.approx(2 * 0.125 * np.sqrt(192), rel=1e-10)
    assert spectrum.energy(image) == pytest.approx(0.25**2 / 2 * 192, rel=1e-10)
    assert spectrum.mean_frequency(image) == pytest.approx(np.sqrt(13), rel=1e-10)
    assert spectrum.share_beyond(image, 3.5) == pytest.approx(1)
    assert spectrum.share_beyond(image, np.sqrt(13)) == pytest.approx(0)


def test_shifting_changes_nothing(picture):
    shifted = np.roll(picture, (4, 5), (0, 1))
    for measure in (spectrum.l1, spectrum.energy, spectrum.mean_frequency, spectrum.slope):
        assert measure(shifted) == pytest.approx(measure(picture), rel=1e-10)


def test_magnitudes_of_a_stack_are_the_mean(picture):
    stack = np.stack([picture, picture[::-1], 2 * picture])
    each = [spectrum.magnitudes(image) for image in (picture, picture[::-1])]
    np.testing.assert_allclose(spectrum.magnitudes(stack), (3 * each[0] + each[1]) / 3)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0])
def test_slope_of_noise_is_its_exponent(exponent):
    found = [spectrum.slope(images.pink_noise((64, 64), seed=seed, exponent=exponent)) for seed in range(3)]
    assert np.mean(found) == pytest.approx(exponent, abs=0.08)


def test_a_constant_has_no_slope_and_no_frequency():
    image = images.constant((8, 8), value=0.3)
    assert np.isnan(spectrum.slope(image))
    assert np.isnan(spectrum.mean_frequency(image))
    assert spectrum.share_beyond(image, 0) == 0


def test_share_beyond_is_what_a_low_pass_misses(picture):
    lowest = encode("fourier_lowest", (15, 12), k=23)
    ring = np.linalg.norm(encode("fourier_complete", (15, 12)).frequencies, axis=1)
    assert (ring <= lowest.bandwidth + 1e-9).sum() == 23, "a whole disc"
    x = lowest(positions((15, 12)))
    flat = picture.reshape(-1, 3)
    missed = ((flat - x @ np.linalg.lstsq(x, flat)[0]) ** 2).sum() / ((flat - flat.mean(0)) ** 2).sum()
    assert spectrum.share_beyond(picture, lowest.bandwidth) == pytest.approx(missed, rel=1e-9)


def test_parseval_gives_the_psnr_of_the_linear_model(picture):
    each = fourier((15, 12))
    c = each.analyse(np.moveaxis(picture, 2, 0)).T
    kept = largest(c, 20)
    redrawn = np.moveaxis(each.synthesise(kept.T), 0, 2)
    predicted = spectrum.parseval_psnr(((c - kept) ** 2).sum(), picture.size)
    assert images.psnr(redrawn, picture) == pytest.approx(predicted, rel=1e-10)
    assert spectrum.parseval_psnr(0.0, 9) == np.inf


def test_white_noise_is_the_same_in_every_basis_and_a_smooth_image_is_not():
    noise = images.white_noise((16, 16), 1, seed=0)[..., 0]
    smooth = images.pink_noise((16, 16), 1, seed=0, exponent=2)[..., 0]

    def kept(image: np.ndarray) -> list[float]:
        coefficients = [
            basis(name, (16, 16)).analyse(image - image.mean()) for name in ("fourier", "dct", "orthogonal")
        ]
        return [np.sort(c**2)[-64:].sum() / (c**2).sum() for c in coefficients]

    assert np.ptp(kept(noise)) < 0.06
    assert np.ptp(kept(smooth)) > 0.2


def test_detail_that_is_kept_and_that_is_right():
    low, high = (wave((16, 16), u, 0)[None, None] - 0.5 for u in (1, 5))
    clean = 0.5 + low + high
    for found, kept, right in (
        (clean, 1, 1),
        (0.5 + low, 0, 0),
        (0.5 + high / 2, 0.25, 0.75),  # what is missing below does not count
        (0.5 - high, 1, -3),  # as much of it, and wrong
    ):
        np.testing.assert_allclose(spectrum.kept_beyond(found, clean, 4), (kept, right), atol=1e-12)
    assert np.isnan(spectrum.kept_beyond(clean, 0 * clean, 4)).all()
