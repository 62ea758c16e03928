"""What an image's spectrum says: total power, where it lies, what a linear model of it reaches.

Images are (h, w) or (h, w, c), in [0, 1]. The discrete Fourier transform is unitary, so energies are sums of squared
pixel values (Parseval). Frequencies are in cycles per image, as in `waves`. `Without the mean` leaves out frequency 0.

ASSUME: `total power (sum of magnitude/weights)` of the note on neural representations is the sum of the complex
magnitudes, which does not change when the image is shifted; the sum of absolute cosine and sine coefficients does.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from phiscope.errors import DataError

Array = NDArray[np.float64]


def magnitudes(images: NDArray) -> Array:
    """(h, w): |F(u)| of one image (h, w) or (h, w, c), or the mean over images (m, h, w, c).

    Channels count together: the root of the sum of their squares, since an encoding serves all of them.
    """
    images = np.asarray(images, dtype=np.float64)
    stack = images if images.ndim == 4 else _channels(images)[None]
    spectra = [np.sqrt((np.abs(_transform(image)) ** 2).sum(2)) for image in stack]
    return np.mean(spectra, axis=0)


def l1(image: NDArray) -> float:
    """Σ |F(u)| without the mean, averaged over channels: the note's total power, for images of equal sizes."""
    return float(np.abs(_transform(image)).mean(2).ravel()[1:].sum())


def energy(image: NDArray) -> float:
    """Σ |F(u)|² without the mean, averaged over channels: n times the pixels' variance."""
    return float((np.abs(_transform(image)) ** 2).mean(2).ravel()[1:].sum())


def share_beyond(image: NDArray, bandwidth: float) -> float:
    """Share of the energy without the mean at ‖u‖ > bandwidth; 0 for a constant image."""
    power = _power(image)
    total = power.sum()
    return float(power[_radius(power.shape) > bandwidth + 1e-9].sum() / total) if total > 0 else 0.0


def mean_frequency(image: NDArray) -> float:
    """Σ ‖u‖ |F|² / Σ |F|² without the mean, in cycles per image; NaN for a constant image."""
    power = _power(image)
    return float((_radius(power.shape) * power).sum() / power.sum()) if power.sum() > 0 else float("nan")


def radial(image: NDArray) -> tuple[Array, Array]:
    """Frequencies 1, 2, ..., min(h, w) // 2 in cycles per image, and the mean |F|² over each ring of width 1."""
    power = _power(image)
    ring = np.rint(_radius(power.shape)).astype(int).ravel()
    sums, counts = np.bincount(ring, power.ravel()), np.bincount(ring)
    rings = np.arange(1, min(power.shape) // 2 + 1)
    return rings.astype(np.float64), sums[rings] / counts[rings]


def slope(image: NDArray) -> float:
    """α of |F| ~ ‖u‖^-α, a straight line through the logarithms of `radial`: near 1 for photographs, 0 for noise."""
    frequency, power = radial(image)
    there = power > 0
    if there.sum() < 2:
        return float("nan")
    return float(-np.polyfit(np.log(frequency[there]), np.log(power[there]), 1)[0] / 2)


def parseval_psnr(missed_energy: float, values: int) -> float:
    """PSNR in dB, for a peak of 1, of a linear model that misses so much energy over so many values.

    values: pixels x channels. The squared error of an orthonormal expansion is the energy of the coefficients left
    out: nothing else about the image matters.
    """
    return float("inf") if missed_energy <= 0 else float(-10 * np.log10(missed_energy / values))


def _transform(image: NDArray) -> NDArray[np.complex128]:
    return scipy.fft.fft2(_channels(image), axes=(0, 1), norm="ortho")


def _power(image: NDArray) -> Array:
    """(h, w): |F|² summed over channels, with 0 in place of the mean and of what is rounding beside it."""
    power = (np.abs(_transform(image)) ** 2).sum(2)
    floor = 1e-28 * power[0, 0]
    power[0, 0] = 0
    power[power <= floor] = 0
    return power


def _radius(size: tuple[int, int]) -> Array:
    return np.hypot(*np.meshgrid(*(scipy.fft.fftfreq(side, 1 / side) for side in size), indexing="ij"))


def _channels(image: NDArray) -> Array:
    image = np.asarray(image, dtype=np.float64)
    if image.ndim not in (2, 3):
        raise DataError(f"image {image.shape}: expected (h, w) or (h, w, c)")
    return image[..., None] if image.ndim == 2 else image


def kept_beyond(decoded: NDArray, clean: NDArray, bandwidth: float) -> tuple[float, float]:
    """What is left of the detail of images (m, c, h, w), pooled over them: energy kept, and energy that is right.

    Over ‖u‖ > bandwidth: Σ |F̂|² / Σ |F|², in which detail that was made up counts; and 1 - Σ |F̂ - F|² / Σ |F|², in
    which it counts against: 1 at best, 0 for none at all. NaN where the clean images have nothing there.
    """
    beyond = _radius(clean.shape[2:]) > bandwidth + 1e-9
    pair = (np.asarray(images, dtype=np.float64) for images in (decoded, clean))
    spectra = [scipy.fft.fft2(images, norm="ortho")[..., beyond] for images in pair]
    got, there, missed = (float((np.abs(part) ** 2).sum()) for part in (*spectra, spectra[0] - spectra[1]))
    return (got / there, 1 - missed / there) if there > 0 else (float("nan"), float("nan"))
