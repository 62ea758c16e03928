"""What figures about denoisers show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray


def under_each_noise(
    images: Mapping[str, Mapping[str, NDArray]], benches: Mapping[str, tuple[str, Mapping[str, Any]]]
) -> list[dict[str, Any]]:
    """The first image of the first set of the benches, under each noise: see `figures.denoising.denoised`.

    images: by bench, one image by method; benches: the set of images and the noise of each.
    """
    first = next(iter(benches.values()))[0]
    return [{**noise, "images": images[name]} for name, (dataset, noise) in benches.items() if dataset == first]
