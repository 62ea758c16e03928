"""Control images that say what about an image matters, and how near one image is to another.

Images are (h, w, c) float64. Made ones lie in [0, 1] and are the same for the same seed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy
from numpy.typing import NDArray

from phiscope.arrays import generator
from phiscope.errors import ConfigError, DataError
from phiscope.implicit.waves import Size, checked

Array = NDArray[np.float64]


def white_noise(size: Size, channels: int = 3, *, seed: int = 0) -> Array:
    """Independent pixels, uniform in [0, 1]: the same energy at every frequency, in every orthonormal basis."""
    return generator(seed).random((*checked(size), channels))


def gaussian_noise(size: Size, channels: int = 3, *, seed: int = 0, deviation: float = 0.125) -> Array:
    """Independent pixels, normal about 1/2 and cut to [0, 1], four deviations away: white as `white_noise` is."""
    return (0.5 + deviation * generator(seed).normal(size=(*checked(size), channels))).clip(0, 1)


def binary_noise(size: Size, channels: int = 3, *, seed: int = 0) -> Array:
    """Independent pixels, 0 or 1 with equal chance: white, and of the largest energy that there is in [0, 1]."""
    return generator(seed).integers(2, size=(*checked(size), channels)).astype(float)


def pink_noise(size: Size, channels: int = 3, *, seed: int = 0, exponent: float = 1.0) -> Array:
    """Gaussian noise with magnitudes |F| ~ ‖u‖^-exponent, channels independent: a photograph's spectrum, no edges.

    Frequencies in cycles per image; stretched so that the values fill [0, 1], which changes no ratio of magnitudes.
    """
    height, width = checked(size)
    white = generator(seed).normal(size=(height, width, channels))
    frequencies = (scipy.fft.fftfreq(side, 1 / side) for side in (height, width))
    radius = np.hypot(*np.meshgrid(*frequencies, indexing="ij"))
    radius[0, 0] = np.inf
    coloured = scipy.fft.ifft2(scipy.fft.fft2(white, axes=(0, 1)) * radius[..., None] ** -exponent, axes=(0, 1)).real
    spread = np.ptp(coloured)
    return (coloured - coloured.min()) / spread if spread > 0 else np.full_like(coloured, 0.5)


def constant(size: Size, channels: int = 3, *, seed: int = 0, value: float = 0.5) -> Array:
    """One value everywhere: no spectrum but the mean."""
    return np.full((*checked(size), channels), float(value))


def step_edge(size: Size, channels: int = 3, *, seed: int = 0) -> Array:
    """0.25 in the left half, 0.75 in the right: one edge, which no band-limited function can follow."""
    height, width = checked(size)
    return np.broadcast_to(
        np.where(np.arange(width) < width // 2, 0.25, 0.75)[None, :, None], (height, width, channels)
    ).copy()


CONTROLS: dict[str, Callable[..., Array]] = {
    make.__name__: make for make in (white_noise, gaussian_noise, binary_noise, pink_noise, constant, step_edge)
}


def control(name: str, size: Size, channels: int = 3, *, seed: int = 0) -> Array:
    """The control image called `name`; raises ConfigError for one that is not there."""
    if name not in CONTROLS:
        raise ConfigError(f"control image {name!r}: expected one of {', '.join(CONTROLS)}")
    return CONTROLS[name](size, channels, seed=seed)


def phase_scrambled(image: NDArray, *, seed: int = 0) -> Array:
    """The image with the phases of white noise added to its own: every |F(u)| stays, edges and objects go.

    image (h, w, c). All channels turn by the same phase, so that they stay in step. The mean is kept. Values may leave
    [0, 1]; `squeezed` brings them back, `exact magnitudes` then hold up to one factor.
    """
    image = _image(image)
    turn = np.angle(scipy.fft.fft2(generator(seed).normal(size=image.shape[:2])))
    turn[0, 0] = 0
    # Nyquist frequencies turn by 0 or π, as they must in a real image: the noise's own phases there are 0 or π.
    return scipy.fft.ifft2(scipy.fft.fft2(image, axes=(0, 1)) * np.exp(1j * turn)[..., None], axes=(0, 1)).real


def squeezed(image: NDArray) -> Array:
    """Contrast lowered about the mean, by one factor for all channels, as far as [0, 1] demands; the means stay.

    Raises DataError where a channel's mean is not in (0, 1).
    """
    image = _image(image)
    mean = image.mean((0, 1))
    if ((mean <= 0) | (mean >= 1)).any() and not ((image >= 0) & (image <= 1)).all():
        raise DataError(f"image with channel means {mean}: expected means between 0 and 1")
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(image > mean, (1 - mean) / (image - mean), mean / (mean - image))
    factor = min(1.0, float(np.nanmin(np.where(image == mean, np.inf, room))))
    return (mean + factor * (image - mean)).clip(0, 1) if factor < 1 else image


def psnr(image: NDArray, reference: NDArray, where: NDArray[np.bool_] | None = None) -> float:
    """-10 log₁₀ of the mean squared error, in dB for a peak of 1, over the pixels `where` (h, w); inf where equal."""
    error = (_image(image) - _image(reference)) ** 2
    error = error if where is None else error[where]
    if not error.size:
        return float("nan")
    return float(-10 * np.log10(error.mean())) if error.any() else float("inf")


def every_other(size: Size) -> NDArray[np.bool_]:
    """(h, w): True on even rows and columns, the pixels that Tancik et al. train on; the others are held out."""
    height, width = checked(size)
    return (np.arange(height) % 2 == 0)[:, None] & (np.arange(width) % 2 == 0)


def between(size: Size) -> NDArray[np.bool_]:
    """(h, w): True on odd rows and columns, the pixels that Tancik et al. report: between four of `every_other`."""
    height, width = checked(size)
    return (np.arange(height) % 2 == 1)[:, None] & (np.arange(width) % 2 == 1)


def random_pixels(size: Size, share: float, *, seed: int) -> NDArray[np.bool_]:
    """(h, w): True on a random `share` of the pixels, rounded, one at least."""
    height, width = checked(size)
    if not 0 < share <= 1:
        raise ConfigError(f"share of training pixels {share}: expected above 0, at most 1")
    chosen = generator(seed).permutation(height * width)[: max(round(share * height * width), 1)]
    mask = np.zeros(height * width, dtype=bool)
    mask[chosen] = True
    return mask.reshape(height, width)


def _image(image: NDArray) -> Array:
    image = np.asarray(image, dtype=np.float64)
    if image.ndim != 3:
        raise DataError(f"image {image.shape}: expected (h, w, c)")
    return image
