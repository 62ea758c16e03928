"""Images denoised, by the run's own network or without training: of noise, of an attack, of anything."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from phiscope.errors import ConfigError
from phiscope.views import NETWORK
from phiscope.views.source import Source


def make(
    source: Source,
    *,
    method: str,
    denoiser: Callable[[NDArray], NDArray] | None = None,
    noise: str = "gaussian",
    level: float | None = None,
    strength: float | None = None,
) -> dict[str, NDArray]:
    """(m, channels, h, w) -> the same shape, float32 in [0, 1].

    method: `network`, the run's denoiser, or one of `phiscope.denoising.classical.METHODS`. For these: the noise that
    is expected and its level, estimated for every image where it is not given (Gaussian noise only); strength of the
    method, in the middle of its range unless given.
    """
    if method == NETWORK:
        if denoiser is None:
            raise ConfigError("denoise: method `network` wants the run's denoiser; give it one, or a classical method")
        return {"images": denoiser(source.images).clip(0, 1)}
    denoised = [_classical(image, method, noise, level, strength) for image in source.pixels]
    return {"images": np.stack(denoised).clip(0, 1).astype(np.float32)}


def _classical(image: NDArray, method: str, noise: str, level: float | None, strength: float | None) -> NDArray:
    from phiscope.denoising import classical  # deferred: with the run's network these are not used
    from phiscope.denoising.corruptions import Noise
    from phiscope.denoising.level import estimate_level

    expected = Noise(noise, estimate_level(image) if level is None else level)
    return classical.denoise(method, [image], strength, expected)[0]
