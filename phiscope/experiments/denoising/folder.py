"""Images of the user's, of any size, grey or colour, without their noise."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import unit_range
from phiscope.denoising import classical
from phiscope.denoising.corruptions import Noise
from phiscope.denoising.level import estimate_level
from phiscope.denoising.tiling import denoise_tiled
from phiscope.experiments.denoising.network import Denoiser

TILE, OVERLAP = 512, 64


class Removal(NamedTuple):
    """denoise: of an image (channels, h, w) in [0, 1] and the level of its noise; about: columns of `denoised`."""

    denoise: Callable[[NDArray, float], NDArray]
    about: dict[str, Any]


def by_network(network: Denoiser, *, tile: int = TILE, overlap: int = OVERLAP) -> Removal:
    """A trained denoiser, which is told no level."""
    about = {"training_noise": network.trained_on, "noise": None}
    return Removal(lambda image, level: network.image(image, tile=tile, overlap=overlap), about)


def by_classical(method: str, noise: str = "gaussian", *, tile: int = TILE, overlap: int = OVERLAP) -> Removal:
    """A classical method at a middling strength for the level, in tiles where an image is large."""

    def denoise(image: NDArray, level: float) -> NDArray:
        def part(tile_of_it: NDArray) -> NDArray:
            return classical.denoise(method, [tile_of_it], None, Noise(noise, level))[0]

        return denoise_tiled(part, image, tile=tile, overlap=overlap)

    return Removal(denoise, {"training_noise": None, "noise": noise})


def denoised(image: NDArray, method: Removal, level: float | None = None) -> tuple[NDArray, Mapping[str, Any]]:
    """The image (channels, h, w) without its noise, in [0, 1], and what the table says of it.

    level: of the noise; None takes the estimate.
    """
    pixels, started = unit_range(image), time.perf_counter()
    estimated = estimate_level(pixels)
    level = level or estimated
    clean = method.denoise(pixels, level).clip(0, 1)
    return clean, {
        **method.about,
        **dict(zip(("channels", "height", "width"), pixels.shape)),
        "level": None if method.about["noise"] is None else level,
        "level_estimated": estimated,
        "change": float(np.sqrt(np.square(clean - pixels).mean())),
        "seconds": time.perf_counter() - started,
    }
