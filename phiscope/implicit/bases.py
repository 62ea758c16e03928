"""Complete orthonormal bases of h x w images: the Fourier basis in real form, and three that are not Fourier.

Each analyses images into h·w coefficients and back, in float64. The matrix has one function per column and one pixel
per row (row by row), so that image.ravel() = matrix @ coefficients.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy
from numpy.typing import NDArray

from phiscope.arrays import generator
from phiscope.errors import ConfigError, DataError
from phiscope.implicit.waves import Array, Size, checked, grid_waves, has_sine

LARGEST_MATRIX = 4096  # pixels; the matrix of a 64 x 64 image takes 134 MB


@dataclass(frozen=True)
class ImageBasis:
    """analyse: images (..., h, w) -> coefficients (..., h·w); synthesise: the way back; both keep the norm."""

    name: str
    size: Size
    analyse: Callable[[Array], Array]
    synthesise: Callable[[Array], Array]

    def matrix(self) -> Array:
        """(h·w, h·w), functions in columns; raises DataError above 4096 pixels."""
        pixels = _few_pixels(self.name, self.size)
        return self.synthesise(np.eye(pixels)).reshape(pixels, pixels).T.copy()


def fourier(size: Size) -> ImageBasis:
    """The complete 2-D Fourier basis in real form, any size: all cosines in `grid_waves` order, then the sines.

    Scaled to unit norm: 1/√n for the frequencies that are their own conjugate, √(2/n) for the others.
    """
    size = checked(size)
    waves = grid_waves(size)
    sines = has_sine(waves, size)
    rows, columns = waves[:, 0] % size[0], waves[:, 1] % size[1]
    gain = np.where(sines, np.sqrt(2), 1)

    def analyse(images: Array) -> Array:
        spectrum = gain * scipy.fft.fft2(images, norm="ortho")[..., rows, columns]
        return np.concatenate([spectrum.real, -spectrum.imag[..., sines]], axis=-1)

    def synthesise(coefficients: Array) -> Array:
        half = coefficients[..., : len(waves)] / gain + 0j
        half[..., sines] -= 1j * coefficients[..., len(waves) :] / np.sqrt(2)
        spectrum = np.zeros((*half.shape[:-1], *size), dtype=complex)
        spectrum[..., -rows, -columns] = half.conj()
        spectrum[..., rows, columns] = half
        return scipy.fft.ifft2(spectrum, norm="ortho").real

    return ImageBasis("fourier", size, analyse, synthesise)


def dct(size: Size) -> ImageBasis:
    """The orthonormal cosine transform of type II along both axes, any size: mirrored at the edges, as in JPEG."""
    height, width = size = checked(size)

    def analyse(images: Array) -> Array:
        return _flat(scipy.fft.dctn(images, axes=(-2, -1), norm="ortho"))

    def synthesise(coefficients: Array) -> Array:
        return scipy.fft.idctn(
            coefficients.reshape(*coefficients.shape[:-1], height, width), axes=(-2, -1), norm="ortho"
        )

    return ImageBasis("dct", size, analyse, synthesise)


def haar(size: Size) -> ImageBasis:
    """The Haar wavelet, coarsest first: the low-pass corner is halved along both axes until one pixel is left.

    Height and width must be powers of two, and may differ: an axis of one pixel is left alone. Raises DataError for
    other sizes.
    """
    height, width = size = checked(size)
    if height & (height - 1) or width & (width - 1):
        raise DataError(
            f"haar, size {height}x{width}: the Haar basis needs a height and a width that are powers of two; crop or "
            "resize the image, or use dct"
        )
    corners = _corners(size)

    def analyse(images: Array) -> Array:
        pyramid = np.array(images, dtype=np.float64)
        for h, w in corners:
            pyramid[..., :h, :w] = _halved(_halved(pyramid[..., :h, :w], -2), -1)
        return _flat(pyramid)

    def synthesise(coefficients: Array) -> Array:
        pyramid = np.array(coefficients, dtype=np.float64).reshape(*coefficients.shape[:-1], height, width)
        for h, w in reversed(corners):
            pyramid[..., :h, :w] = _doubled(_doubled(pyramid[..., :h, :w], -1), -2)
        return pyramid

    return ImageBasis("haar", size, analyse, synthesise)


def _corners(size: Size) -> list[Size]:
    corners = []
    height, width = size
    while max(height, width) > 1:
        corners.append((height, width))
        height, width = max(height // 2, 1), max(width // 2, 1)
    return corners


def _halved(images: Array, axis: int) -> Array:
    """Sums of neighbours, then their differences, over √2; an axis of one pixel stays."""
    if images.shape[axis] == 1:
        return images
    moved = np.moveaxis(images, axis, -1)
    even, odd = moved[..., ::2], moved[..., 1::2]
    return np.moveaxis(np.concatenate([even + odd, even - odd], axis=-1) / np.sqrt(2), -1, axis)


def _doubled(images: Array, axis: int) -> Array:
    """The inverse of `_halved`."""
    if images.shape[axis] == 1:
        return images
    low, high = np.split(np.moveaxis(images, axis, -1), 2, axis=-1)
    pairs = np.stack([low + high, low - high], axis=-1) / np.sqrt(2)
    return np.moveaxis(pairs.reshape(*low.shape[:-1], -1), -1, axis)


def orthogonal(size: Size, *, seed: int) -> ImageBasis:
    """A basis drawn uniformly from all orthonormal ones: no structure at all. At most 4096 pixels.

    The Q of a Gaussian matrix with the signs of R's diagonal (Mezzadri 2007, equation 5.12), which makes it uniform.
    """
    size = checked(size)
    pixels = _few_pixels("orthogonal", size)
    Q, R = np.linalg.qr(generator(seed, pixels).normal(size=(pixels, pixels)))
    Q *= np.sign(np.diag(R))
    return ImageBasis(
        "orthogonal",
        size,
        lambda images: _flat(np.asarray(images, dtype=np.float64)) @ Q,
        lambda coefficients: (coefficients @ Q.T).reshape(*coefficients.shape[:-1], *size),
    )


BASES: dict[str, Callable[..., ImageBasis]] = {"fourier": fourier, "dct": dct, "haar": haar, "orthogonal": orthogonal}


def basis(name: str, size: Size, *, seed: int = 0) -> ImageBasis:
    """One of BASES by name; seed matters to `orthogonal` only. Raises ConfigError for a name that is not there."""
    if name not in BASES:
        raise ConfigError(f"basis {name!r}: expected one of {', '.join(BASES)}")
    make = partial(orthogonal, seed=seed) if name == "orthogonal" else BASES[name]
    return make(size)


def _flat(images: NDArray) -> NDArray:
    return images.reshape(*images.shape[:-2], -1)


def _few_pixels(name: str, size: Size) -> int:
    height, width = checked(size)
    if height * width > LARGEST_MATRIX:
        raise DataError(
            f"{name}, size {height}x{width}: written out as a matrix a basis takes at most {LARGEST_MATRIX} pixels; "
            "use a smaller image, or analyse and synthesise where the basis has a fast transform"
        )
    return height * width
