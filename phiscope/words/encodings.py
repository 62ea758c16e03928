"""Encodings of positions in words: one name in sentences and one, mostly the same, in legends. Nothing here draws."""

from __future__ import annotations

PHRASES = {
    "none": "no encoding",
    "basic": "one period",
    "positional": "positional",
    "gaussian": "Gaussian",
    "fourier_random": "random waves",
    "fourier_grid": "a grid of waves",
    "fourier_lowest": "the lowest waves",
    "fourier_strategic": "strategic waves",
    "fourier_complete": "Fourier basis",
    "dct": "DCT",
    "haar": "Haar",
    "orthogonal": "random orthogonal basis",
    "siren": "SIREN",
}
CODES = {"jpeg": "JPEG"}  # what bases are compared with
# Shorter where a legend or an axis says that these are encodings. A strategic choice is named by what it looked at.
TITLES = PHRASES | {
    "none": "none",
    "fourier_grid": "grid of waves",
    "fourier_lowest": "lowest waves",
    "fourier_strategic": "strategic",
    "fourier_strategic own": "largest in the image",
    "fourier_strategic mean": "largest in others",
    "fourier_complete": "Fourier",
    "orthogonal": "random",
}


def phrase_of(encoding: str) -> str:
    """The encoding as a sentence calls it: `fourier_grid` -> `a grid of waves`, `dct+haar` -> `DCT and Haar`.

    Unknown names stay as they are.
    """
    return " and ".join((PHRASES | CODES).get(name, name) for name in encoding.split("+"))


def title_of(way: str) -> str:
    """The encoding, with ` own` or ` mean` after a strategic one, as a legend calls it."""
    return " + ".join((TITLES | CODES).get(name, name) for name in way.split("+"))
