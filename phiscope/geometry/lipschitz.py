"""Lipschitz constant of the linear head, equation (14), and how near pairs of samples come to it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks

_BLOCK = 256
_NEAR = 1e-6  # squared distances below this share of the norms are too rounded in the product; taken as differences


class LargestRatio(NamedTuple):
    """The pair with the largest ‖z(x) - z(y)‖ / ‖x - y‖: row of x, row of y in the others."""

    ratio: float
    first: int
    second: int


def constant(weight: NDArray) -> float:
    """σ_max(W): the least L with ‖z(x) - z(y)‖ <= L ‖x - y‖ for all x, y."""
    return float(np.linalg.norm(weight, 2))


def largest_ratio(features: NDArray, weight: NDArray, others: NDArray | None = None) -> LargestRatio:
    """max over pairs of ‖(x - y) W‖ / ‖x - y‖, x in features (m, f), y in others (n, f) or the features.

    Identical pairs are left out; NaN and -1 where there is no other pair. Screened by matrix products, the best
    of each block computed again as a difference.
    """
    x = features.astype(np.float64)
    y = x if others is None else others.astype(np.float64)
    zx, zy = x @ weight, y @ weight
    best = LargestRatio(float("nan"), -1, -1)
    for part in blocks(len(x), _BLOCK):
        squared = _squared_distances(x[part], y)
        scale = (x[part] ** 2).sum(1)[:, None] + (y**2).sum(1)
        near = squared <= _NEAR * scale
        ratios = np.where(near, -1.0, _squared_distances(zx[part], zy) / np.where(near, 1.0, squared))
        candidates = [np.unravel_index(ratios.argmax(), ratios.shape), *zip(*np.nonzero(near))]
        for i, j in candidates:
            ratio = _ratio(x[part.start + i] - y[j], weight)
            if not ratio <= best.ratio and not np.isnan(ratio):
                best = LargestRatio(ratio, int(part.start + i), int(j))
    return best


def _ratio(difference: NDArray, weight: NDArray) -> float:
    length = np.linalg.norm(difference)
    return float(np.linalg.norm(difference @ weight) / length) if length > 0 else float("nan")


def _squared_distances(x: NDArray, y: NDArray) -> NDArray:
    return ((x**2).sum(1)[:, None] + (y**2).sum(1) - 2 * (x @ y.T)).clip(0)
