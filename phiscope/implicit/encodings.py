"""Encodings g: [0, 1)² -> R^d, from nothing at all to a complete basis, each saying its k and its bandwidth.

k counts the functions of the note on neural representations: waves, a cosine with its sine; or, of bases that are not
Fourier, functions. Bandwidth is the highest frequency ‖u‖ among them, in cycles per image.

ASSUME: conjugate pairs are counted once, so that the complete Fourier basis has about n / 2 waves, and n features
for n pixels; its 2k features with k = n would hold every wave twice.
ASSUME: for a network waves have amplitude 1 (Tancik et al. with all amplitudes equal), functions of complete bases a
root mean square of 1 over the pixels. A complete basis X then has XXᵀ = nI on the pixels, whichever it is: to a
network whose first weights have no preferred direction, trained by plain gradient descent, all of them are one and the
same, and none tells of a pixel that was not fitted. Adam, which scales every weight on its own, is not blind.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import generator
from phiscope.errors import ConfigError, DataError
from phiscope.implicit import bases
from phiscope.implicit.waves import Array, Size, checked, evaluate, grid_waves, has_sine, nyquist


@dataclass(frozen=True, eq=False)
class Encoding:
    """Positions (n, 2) -> features (n, dimension), float64; call it.

    k, bandwidth: see the module. frequencies (k, 2), in cycles per image, of encodings made of waves; else None.
    """

    name: str
    k: int
    bandwidth: float
    dimension: int
    frequencies: NDArray | None
    evaluate: Callable[[Array], Array] = field(repr=False)

    def __call__(self, where: Array) -> Array:
        where = np.asarray(where, dtype=np.float64)
        if where.ndim != 2 or where.shape[1] != 2:
            raise DataError(f"encoding {self.name}, positions {where.shape}: expected (n, 2)")
        return self.evaluate(where)


def none(size: Size) -> Encoding:
    """The position itself: k = 0, the network has to make all frequencies."""
    return Encoding("none", 0, 0.0, 2, None, lambda where: where)


def basic(size: Size) -> Encoding:
    """One period along each axis: Tancik et al.'s `basic`, γ(x) = (cos 2πx, sin 2πx)."""
    return _of_waves("basic", np.eye(2))


def positional(size: Size, *, k: int, sigma: float) -> Encoding:
    """σ^(j/m) periods along each axis, j < m = k / 2: log-spaced, on the axes only (Tancik et al.)."""
    if k < 2 or k % 2:
        raise ConfigError(f"positional, k {k}: expected an even number, half of it for each axis")
    steps = sigma ** (np.arange(k // 2) / (k // 2))
    return _of_waves("positional", np.kron(np.eye(2), steps[:, None]))


def gaussian(size: Size, *, k: int, sigma: float, seed: int) -> Encoding:
    """k waves with u ~ N(0, σ² I), in cycles per image: Tancik et al.'s Gaussian Fourier features."""
    _require(k >= 1, f"gaussian, k {k}: expected at least 1")
    return _of_waves("gaussian", sigma * generator(seed).normal(size=(k, 2)))


def fourier_random(size: Size, *, k: int, seed: int) -> Encoding:
    """k waves of the complete Fourier basis, drawn without replacement, as the note on neural representations says."""
    waves = _candidates("fourier_random", size, k)
    return _of_grid("fourier_random", waves[generator(seed).permutation(len(waves))[:k]], size)


def fourier_grid(size: Size, *, k: int) -> Encoding:
    """A regular lattice of frequencies over the whole spectrum: the finest with at most k waves.

    Its period is the lattice's: an image drawn from it repeats s₁ times down and s₂ times across, which is why the
    encoding's k can be less than the one asked for, and why it fails between the training pixels.
    """
    waves = _candidates("fourier_grid", size, k)
    down, across = (_multiples(waves[:, axis], size[axis] // 2 + 1) for axis in (0, 1))
    counts = down @ across.T  # waves on the lattice of every pair of strides
    skew = np.abs(np.subtract.outer(np.arange(len(down)), np.arange(len(across))))
    best = np.where(counts <= k, counts - skew / (skew.max() + 1), -np.inf)  # among equals the most square one
    s, t = np.unravel_index(best.argmax(), best.shape)
    chosen = (down[s] > 0) & (across[t] > 0)
    return _of_grid("fourier_grid", waves[chosen], size)


def fourier_lowest(size: Size, *, k: int) -> Encoding:
    """The k waves of least ‖u‖: what a low-pass filter keeps."""
    waves = _candidates("fourier_lowest", size, k)
    return _of_grid("fourier_lowest", waves[_by_norm(waves)[:k]], size)


def fourier_strategic(size: Size, *, k: int, magnitudes: NDArray) -> Encoding:
    """The k waves where a spectrum of magnitudes (h, w) is largest; among equals the lower frequency.

    The image's own spectrum looks at the answer; the mean over a training set does not (`spectrum.magnitudes`).
    """
    waves = _candidates("fourier_strategic", size, k)
    if np.shape(magnitudes) != checked(size):
        raise DataError(f"fourier_strategic, magnitudes {np.shape(magnitudes)}: expected the image's size {size}")
    waves = waves[_by_norm(waves)]
    # The two of a conjugate pair carry the same magnitude twice, a frequency that is its own conjugate once.
    weight = magnitudes[waves[:, 0], waves[:, 1]] * np.where(has_sine(waves, size), np.sqrt(2), 1)
    return _of_grid("fourier_strategic", waves[np.argsort(-weight, kind="stable")[:k]], size)


def fourier_complete(size: Size) -> Encoding:
    """Every wave of the image: n features for n pixels, lowest frequencies first, each of a root mean square of 1."""
    waves = grid_waves(size)
    waves = waves[_by_norm(waves)]
    bare, sines = _of_grid("fourier_complete", waves, size), has_sine(waves, size)
    norm = np.sqrt(np.concatenate([1.0 + sines, np.full(sines.sum(), 2.0)]))  # as of the other complete bases
    return replace(bare, evaluate=lambda where: norm * bare.evaluate(where))


def dct(size: Size) -> Encoding:
    """The complete cosine basis of type II, cos πu(x + 1/2h), scaled to a root mean square of 1."""
    height, width = size = checked(size)

    def cosines(x: Array, count: int) -> Array:
        norm = np.where(np.arange(count) == 0, 1, np.sqrt(2))
        return norm * np.cos(np.pi * np.arange(count) * (x[:, None] + 0.5 / count))

    def features(where: Array) -> Array:
        down, across = cosines(where[:, 0], height), cosines(where[:, 1], width)
        return (down[:, :, None] * across[:, None, :]).reshape(len(where), -1)

    highest = float(np.hypot(height - 1, width - 1) / 2)  # half a cycle per step of the index
    return Encoding("dct", height * width, highest, height * width, None, features)


def haar(size: Size) -> Encoding:
    """The complete Haar basis, constant on every pixel; sides that are powers of two."""
    return _of_pixels(bases.haar(size))


def orthogonal(size: Size, *, seed: int) -> Encoding:
    """A complete random orthonormal basis, constant on every pixel: it says nothing about a pixel it has not seen."""
    return _of_pixels(bases.orthogonal(size, seed=seed))


def siren(size: Size, *, k: int, omega: float = 30.0) -> Encoding:
    """Positions in [-1, 1]² for a SIREN (Sitzmann et al. 2020), whose first layer is k waves that are learned.

    Its bandwidth is that before training: weights in ±1/2 make at most ω/(π√2) cycles per image.
    """
    return Encoding("siren", k, float(omega / (np.pi * np.sqrt(2))), 2, None, lambda where: 2 * where - 1)


ENCODINGS: dict[str, Callable[..., Encoding]] = {
    make.__name__: make
    for make in (
        none,
        basic,
        positional,
        gaussian,
        fourier_random,
        fourier_grid,
        fourier_lowest,
        fourier_strategic,
        fourier_complete,
        dct,
        haar,
        orthogonal,
        siren,
    )
}


def encode(name: str, size: Size, **parameters: object) -> Encoding:
    """The encoding called `name` for h x w images; its parameters are the keywords of the function of that name.

    Raises ConfigError for a name, or a set of parameters, that is not there.
    """
    if name not in ENCODINGS:
        raise ConfigError(f"encoding {name!r}: expected one of {', '.join(ENCODINGS)}")
    try:
        inspect.signature(ENCODINGS[name]).bind(size, **parameters)
    except TypeError as reason:
        wanted = [p for p in inspect.signature(ENCODINGS[name]).parameters if p != "size"]
        raise ConfigError(f"encoding {name}: {reason}; it takes {', '.join(wanted) or 'no parameters'}") from None
    return ENCODINGS[name](size, **parameters)


def _of_waves(name: str, frequencies: NDArray) -> Encoding:
    return Encoding(
        name,
        len(frequencies),
        float(np.linalg.norm(frequencies, axis=1).max()),
        2 * len(frequencies),
        frequencies,
        lambda where: evaluate(frequencies, where),
    )


def _of_grid(name: str, frequencies: NDArray, size: Size) -> Encoding:
    """Waves of the image's own basis: a sine that is 0 on every pixel is no feature."""
    sines = has_sine(frequencies, size)
    return Encoding(
        name,
        len(frequencies),
        float(np.linalg.norm(frequencies, axis=1).max()),
        len(frequencies) + int(sines.sum()),
        frequencies,
        lambda where: evaluate(frequencies, where, sines),
    )


def _of_pixels(basis: bases.ImageBasis) -> Encoding:
    """Functions that are constant on every pixel, looked up; their bandwidth on the grid is all of it."""
    size = np.array(basis.size)
    table = basis.matrix() * np.sqrt(size.prod())

    def features(where: Array) -> Array:
        row, column = np.floor(where * size + 1e-9).astype(int).clip(0, size - 1).T
        return table[row * size[1] + column]

    return Encoding(basis.name, len(table), nyquist(basis.size), len(table), None, features)


def _candidates(name: str, size: Size, k: int) -> NDArray[np.int64]:
    waves = grid_waves(size)
    height, width = checked(size)
    _require(1 <= k <= len(waves), f"{name}, k {k}: a {height}x{width} image has 1 to {len(waves)} waves")
    return waves


def _multiples(numbers: NDArray[np.int64], largest: int) -> NDArray[np.float32]:
    """(largest, k): 1 where a number is a multiple of stride 1, 2, ..., largest."""
    return (numbers % np.arange(1, largest + 1)[:, None] == 0).astype(np.float32)


def _by_norm(waves: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.argsort((waves**2).sum(axis=1), kind="stable")


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)
