"""The one registry of noise: whatever corrupts images, for views, denoisers and tests, is drawn here."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import eight_bit, generator, unit_range
from phiscope.errors import ConfigError, DataError

Corruption = Callable[[NDArray, float, np.random.Generator], NDArray]


def gaussian(images: NDArray, level: float, random: np.random.Generator) -> NDArray:
    """x + level · n, n standard normal, independent per pixel and channel: level is the standard deviation."""
    return images + level * random.standard_normal(images.shape)


def uniform(images: NDArray, level: float, random: np.random.Generator) -> NDArray:
    """x + level · u, u uniform on [-1, 1), independent per pixel and channel: level is the largest change."""
    return images + level * random.uniform(-1.0, 1.0, images.shape)


def poisson(images: NDArray, level: float, random: np.random.Generator) -> NDArray:
    """Poisson(peak · x) / peak, peak = 1 / level²: mean x, variance level² · x.

    level is the standard deviation at white, so that it compares with that of Gaussian noise; a peak of 30 photons is
    a level of 0.183. Below black there are no photons.
    """
    return images.copy() if level == 0 else random.poisson(images.clip(0) / level**2) * level**2


def salt_and_pepper(images: NDArray, level: float, random: np.random.Generator) -> NDArray:
    """Pixels, all channels together, become black or white, either with probability level / 2."""
    drawn = random.random((len(images), 1, *images.shape[2:]))
    return np.where(drawn < level / 2, 0.0, np.where(drawn < level, 1.0, images))


def blocks(images: NDArray, level: float, random: np.random.Generator) -> NDArray:
    """Square blocks of a grid become black, each with probability level: that share of the image, on average.

    ASSUME: sides of 8 pixels, or a quarter of the image where that is less; the grid lies differently in every image,
    so that a denoiser cannot learn where blocks begin.
    """
    return np.where(_knocked_out(images.shape, level, random), 0.0, images)


def block_side(height: int, width: int) -> int:
    """Side of the blocks that `blocks` knocks out of images of that size."""
    return max(1, min(8, height // 4, width // 4))


def _knocked_out(shape: Sequence[int], level: float, random: np.random.Generator) -> NDArray[np.bool_]:
    (count, _, height, width), side = shape, block_side(*shape[2:])
    masks = np.empty((count, 1, height, width), bool)
    for mask in masks:
        top, left = random.integers(side, size=2)
        cells = random.random((height // side + 2, width // side + 2)) < level
        mask[0] = cells.repeat(side, 0).repeat(side, 1)[top : top + height, left : left + width]
    return masks


def mixture(images: NDArray, level: float, random: np.random.Generator) -> NDArray:
    """One of Gaussian, Poisson, salt-and-pepper and blocks for each image, drawn with equal chances.

    ASSUME: all at the same level, although it is a standard deviation to two of them and a share to the others.
    """
    kinds = (gaussian, poisson, salt_and_pepper, blocks)
    chosen = random.integers(len(kinds), size=len(images))
    return np.concatenate([kinds[k](images[row : row + 1], level, random) for row, k in enumerate(chosen)])


# name -> function of (images (m, channels, h, w) float, level, random) -> images, not clipped and not rounded.
CORRUPTIONS: dict[str, Corruption] = {
    "gaussian": gaussian,
    "uniform": uniform,
    "poisson": poisson,
    "salt-and-pepper": salt_and_pepper,
    "blocks": blocks,
    "mixture": mixture,
}


@dataclass(frozen=True)
class Noise:
    """A kind of noise, and its level or the range in which the level is drawn evenly for every image."""

    kind: str
    level: float | tuple[float, float]

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Noise:
        """From {noise, level}, as configurations have it; raises ConfigError for a kind that does not exist."""
        _require_kind(settings["noise"])
        level = settings["level"]
        return cls(settings["noise"], tuple(level) if isinstance(level, Sequence) else float(level))

    def draw_level(self, random: np.random.Generator) -> float:
        return random.uniform(*self.level) if isinstance(self.level, tuple) else self.level

    def __str__(self) -> str:
        """`gaussian 0.1` or, for a range, `gaussian 0.05-0.2`."""
        ends = self.level if isinstance(self.level, tuple) else (self.level,)
        return f"{self.kind} {'-'.join(f'{end:.3g}' for end in ends)}"


def corrupt(
    images: NDArray,
    kind: str,
    level: float,
    *,
    samples: Iterable[int],
    seed: int,
    clip: bool = True,
    quantise: bool = False,
) -> NDArray[np.float32]:
    """Images (m, channels, h, w), uint8 or float in [0, 1], with noise of a kind in `CORRUPTIONS`; float32.

    level is in units of the pixel range or a share of pixels, its meaning that of the kind. The noise of an image
    rests on the seed, its number in `samples` and the kind, so that neither chunks nor other images change it; the
    level changes how strong the noise is, not where it comes from. clip: cut to [0, 1]; quantise: round to 8 bits as
    well. Raises ConfigError for a kind that does not exist, DataError where there is not one number per image.
    """
    _require_kind(kind)
    stream = zlib.crc32(kind.encode())
    randoms = (generator(seed, number, stream) for number in _numbers(images, samples))
    corrupted = np.empty(images.shape, np.float32)
    for target, image, random in zip(corrupted, unit_range(images), randoms):
        target[:] = CORRUPTIONS[kind](image[None], level, random)[0]
    return _kept(corrupted, clip, quantise)


def corrupt_anew(
    images: NDArray,
    noises: Sequence[Noise],
    *,
    samples: Iterable[int],
    seed: int,
    epoch: int,
    clip: bool = False,
    quantise: bool = False,
) -> NDArray[np.float32]:
    """Images as in `corrupt`, each with one of `noises`, drawn with equal chances, at a level drawn from its range.

    What is drawn for an image rests on the seed, its number in `samples` and the epoch: for training, where every
    epoch brings new noise. Not clipped unless asked for, which is how the literature trains denoisers.
    """
    if not noises:
        raise ConfigError("noise: there is none to draw; expected at least one {noise, level}")
    corrupted = np.empty(images.shape, np.float32)
    for target, image, number in zip(corrupted, unit_range(images), _numbers(images, samples)):
        random = generator(seed, number, epoch)
        noise = noises[int(random.integers(len(noises)))]
        target[:] = CORRUPTIONS[noise.kind](image[None], noise.draw_level(random), random)[0]
    return _kept(corrupted, clip, quantise)


def _require_kind(kind: str) -> None:
    if kind not in CORRUPTIONS:
        raise ConfigError(f"noise {kind!r} does not exist; expected one of {', '.join(CORRUPTIONS)}")


def _numbers(images: NDArray, samples: Iterable[int]) -> list[int]:
    numbers = [int(number) for number in samples]
    if len(numbers) != len(images):
        raise DataError(f"{len(images)} images but {len(numbers)} sample numbers; expected one an image")
    return numbers


def _kept(images: NDArray[np.float32], clip: bool, quantise: bool) -> NDArray[np.float32]:
    if quantise:
        return eight_bit(images)
    return images.clip(0, 1) if clip else images
