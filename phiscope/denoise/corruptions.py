"""The one registry of noise: whatever corrupts images, for views, denoisers and tests, is drawn here."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable

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


# name -> function of (images (m, channels, h, w) float, level, random) -> images, not clipped and not rounded.
CORRUPTIONS: dict[str, Corruption] = {"gaussian": gaussian, "uniform": uniform}


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

    level is in units of the pixel range, its meaning that of the kind. The noise of an image rests on the seed, its
    number in `samples` and the kind, so that neither chunks nor other images change it; the level only scales what is
    drawn. clip: cut to [0, 1]; quantise: round to 8 bits as well. Raises ConfigError for a kind that does not exist,
    DataError where there is not one number per image.
    """
    if kind not in CORRUPTIONS:
        raise ConfigError(f"noise {kind!r} does not exist; expected one of {', '.join(CORRUPTIONS)}")
    samples = np.asarray(list(samples))
    if samples.shape != (len(images),):
        raise DataError(f"{len(images)} images but {samples.shape} sample numbers; expected one an image")
    function, stream, found = CORRUPTIONS[kind], zlib.crc32(kind.encode()), np.empty(images.shape, np.float32)
    for target, image, sample in zip(found, unit_range(images), samples):
        target[:] = function(image[None], level, generator(seed, int(sample), stream))[0]
    if quantise:
        return eight_bit(found)
    return found.clip(0, 1) if clip else found
