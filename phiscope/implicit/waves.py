"""Two-dimensional waves cos 2π(u·x), sin 2π(u·x) on the unit square, and those that an image can tell apart.

A frequency u = (u₁, u₂) is in cycles per image: u₁ periods from top to bottom, u₂ from left to right.
ASSUME: an image of any aspect is squeezed into the unit square, as in the note on neural representations, so length and
width count alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phiscope.errors import DataError

Size = tuple[int, int]
Array = NDArray[np.float64]


def positions(size: Size) -> Array:
    """(h·w, 2): the position (row / h, column / w) in [0, 1)² of every pixel, row by row, as Tancik et al. place them.

    The DFT's own points, so that integer frequencies are orthogonal on them.
    """
    height, width = checked(size)
    rows, columns = np.meshgrid(np.arange(height) / height, np.arange(width) / width, indexing="ij")
    return np.stack([rows.ravel(), columns.ravel()], axis=1)


def grid_waves(size: Size) -> NDArray[np.int64]:
    """(k, 2): the frequencies that an h x w image can tell apart, the two of a conjugate pair counted once.

    On the pixels u and -u give the same cosine and, but for its sign, the same sine. Each frequency is written with
    the least absolute values, so that between the pixels the wave is as slow as it can be.
    """
    height, width = checked(size)
    u, v = (part.ravel() for part in np.meshgrid(np.arange(height), np.arange(width), indexing="ij"))
    first_of_pair = u * width + v <= (-u % height) * width + (-v % width)
    u, v = u[first_of_pair], v[first_of_pair]
    return np.stack([np.where(2 * u > height, u - height, u), np.where(2 * v > width, v - width, v)], axis=1)


def has_sine(frequencies: NDArray[np.int64], size: Size) -> NDArray[np.bool_]:
    """(k,): False for the mean and Nyquist frequencies, which are their own conjugates: their sine is 0 on pixels."""
    return (2 * frequencies % np.array(size) != 0).any(axis=1)


def evaluate(frequencies: NDArray, where: Array, sines: NDArray[np.bool_] | None = None) -> Array:
    """(n, k + number of sines): cos 2π(u·x) of every frequency (k, 2), then the sines, at positions (n, 2).

    sines (k,): which frequencies have a sine; by default all.
    """
    phase = 2 * np.pi * (where @ np.asarray(frequencies, dtype=np.float64).T)
    return np.concatenate([np.cos(phase), np.sin(phase if sines is None else phase[:, sines])], axis=1)


def nyquist(size: Size) -> float:
    """‖(h // 2, w // 2)‖: the highest frequency of an h x w image, in cycles per image."""
    height, width = checked(size)
    return float(np.hypot(height // 2, width // 2))


def checked(size: Size) -> Size:
    """(h, w) as integers; raises DataError where that is not an image's size."""
    if len(size) != 2 or min(size) < 1:
        raise DataError(f"size {tuple(size)}: expected (height, width), at least one pixel each")
    return int(size[0]), int(size[1])
