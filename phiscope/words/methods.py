"""Denoisers and noise in words, the same in figures and in the report. A light module: nothing here draws."""

from __future__ import annotations

from collections.abc import Iterable

from phiscope.words.numbers import significant

NAMES = {
    "noisy": "noisy image",
    "gaussian": "Gaussian filter",
    "median": "median filter",
    "tv": "total variation",
    "wavelet": "wavelet shrinkage",
    "nlm": "non-local means",
    "dct": "DCT shrinkage",
    "anscombe": "Anscombe + DCT",
    "biharmonic": "biharmonic filling",
    "biharmonic-true-mask": "filling, mask known",
    "bm3d": "BM3D",
    "network": "network",
}


def ordered(methods: Iterable[str]) -> list[str]:
    """Every method once: the noisy image first, the network last, unknown ones before it."""
    known = list(NAMES)
    places = {name: known.index(name) for name in known}
    return sorted(dict.fromkeys(methods), key=lambda name: places.get(name, len(known) - 1.5))


def title_of(method: str) -> str:
    """The name of a method in words."""
    return NAMES.get(method, method)


def noise_in_words(noise: str, level: float) -> str:
    """`gaussian` at 0.0588 -> `Gaussian noise, level 0.059`."""
    words = {"gaussian": "Gaussian", "poisson": "Poisson", "salt-and-pepper": "salt and pepper", "blocks": "blocks"}
    return f"{words.get(noise, noise)}, level {significant(level)}"
