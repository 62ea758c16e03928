"""The field's bench: the same noisy images for every method, and how close each comes to the clean ones.

ASSUME: DnCNN's protocol. Noise is not clipped or rounded before a method sees it unless asked for; what a method
returns is cut to [0, 1] before it is compared; numbers are means of per-image values.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import unit_range
from phiscope.denoising import classical
from phiscope.denoising.corruptions import Noise, corrupt
from phiscope.denoising.metrics import Quality, compare, psnr
from phiscope.errors import ConfigError

# Takes the place of an image in the list and the noisy image (channels, h, w); returns the denoised one.
Denoise = Callable[[int, NDArray], NDArray]

NOISY, TRUE_MASK = "noisy", "biharmonic-true-mask"


@dataclass(frozen=True)
class Pairs:
    """Clean and noisy images of any sizes, each (channels, h, w) float32; the noise, and the seed it was drawn with."""

    clean: list[NDArray[np.float32]]
    noisy: list[NDArray[np.float32]]
    noise: Noise
    seed: int

    @classmethod
    def of(
        cls, images: Sequence[NDArray] | NDArray, noise: Noise, *, seed: int, clip: bool = False, quantise: bool = False
    ) -> Pairs:
        clean = [unit_range(image) for image in images]
        options = {"seed": seed, "clip": clip, "quantise": quantise}
        return cls(clean, [_corrupted(image, noise, k, **options) for k, image in enumerate(clean)], noise, seed)

    def hidden(self, place: int) -> NDArray[np.bool_]:
        """(h, w) what blocks knocked out of an image, black before or not: the same draw on a white image."""
        white = np.ones((1, *self.clean[place].shape[1:]))
        return _corrupted(white, self.noise, place, seed=self.seed, clip=True)[0] == 0


@dataclass(frozen=True)
class Score:
    """One image under one method; seconds it took; psnr_noisy: of the image before."""

    place: int
    method: str
    seconds: float
    psnr_noisy: float
    quality: Quality


def contest(methods: Mapping[str, Denoise], pairs: Pairs) -> Iterator[Score]:
    """Every method on every image."""
    for place, (noisy, clean) in enumerate(zip(pairs.noisy, pairs.clean)):
        before = psnr(noisy.astype(np.float64).clip(0, 1), clean.astype(np.float64))
        for name, denoise in methods.items():
            started = time.perf_counter()
            denoised = denoise(place, noisy)
            yield Score(place, name, time.perf_counter() - started, before, compare(denoised, clean))


def tuned(names: Sequence[str], training: Pairs, tested: Pairs) -> dict[str, tuple[float | None, Denoise]]:
    """Classical methods by name, with the strength that is best on the training pairs; None where there is nothing
    to tune.

    Methods that are made for another kind of noise are left out. `noisy` is the image as it comes; for blocks the
    filling is also done with the pixels known that were knocked out, which no method can know.
    """
    noise, suitable = tested.noise, classical.methods_for(tested.noise)
    methods: dict[str, tuple[float | None, Denoise]] = {NOISY: (None, lambda place, noisy: noisy)}
    for name in names:
        if name in suitable or name not in classical.METHODS:  # a name that does not exist raises there
            methods[name] = _tuned(name, training, noise)
    if noise.kind == "blocks" and "biharmonic" in names:
        methods[TRUE_MASK] = (None, lambda place, noisy: classical.fill(noisy, tested.hidden(place)))
    return methods


def _tuned(name: str, training: Pairs, noise: Noise) -> tuple[float, Denoise]:
    strength = classical.tune(name, training.noisy, training.clean, noise)
    return strength, lambda place, noisy: classical.denoise(name, [noisy], strength, noise)[0]


def _corrupted(image: NDArray, noise: Noise, place: int, **options: Any) -> NDArray[np.float32]:
    if not isinstance(noise.level, int | float):
        raise ConfigError(f"bench: noise {noise}: its level is a range; expected a number, the same for every image")
    return corrupt(image[None], noise.kind, noise.level, samples=[place], **options)[0]
