"""Images with noise added."""

from __future__ import annotations

from numpy.typing import NDArray

from phiscope.denoising.corruptions import corrupt
from phiscope.views.source import Source


def make(
    source: Source, *, noise: str, level: float, clip: bool = True, quantise: bool = False, seed: int | None = None
) -> dict[str, NDArray]:
    """(m, channels, h, w) -> the same shape, float32; in [0, 1] unless clip is False.

    noise: a kind of `phiscope.denoising.corruptions.CORRUPTIONS`; level: its strength, in units of the pixel range;
    quantise: round to 8 bits; seed: another draw than that of the run's seed, for noise on top of noise.
    """
    seed = source.seed if seed is None else seed
    images = corrupt(source.images, noise, level, samples=source.samples, seed=seed, clip=clip, quantise=quantise)
    return {"images": images}
