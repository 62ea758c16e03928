"""Lipschitz constant of the linear head, equation (14), and how near pairs of samples come to it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks

_ROWS, _COLUMNS = 256, 1024  # of a tile: 2 MB in float64
_NEAR = 1e-6  # squared distances below this share of the norms are too rounded in the product; taken as differences
_SCREENED = 1e-6  # of a ratio's square: above what rounding does to squares of pairs that are not near


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

    Identical pairs are left out; NaN and -1 where there is no other pair. Screened by matrix products in tiles that
    stay in the cache, the best of each that could be the largest computed again as a difference: O(m n (f + classes)).
    """
    x = features.astype(np.float64)
    y = x if others is None else others.astype(np.float64)
    first, second = _Side.of(x, weight), _Side.of(y, weight)
    best = LargestRatio(float("nan"), -1, -1)
    for rows in blocks(len(x), _ROWS):
        for columns in blocks(len(y), _COLUMNS):
            i, j = _candidates(first.part(rows), second.part(columns), best.ratio)
            for part in blocks(len(i), _ROWS):
                here, there = i[part] + rows.start, j[part] + columns.start
                ratios = _ratios(x[here] - y[there], weight)
                k = int(ratios.argmax())
                if ratios[k] >= 0 and not ratios[k] <= best.ratio:
                    best = LargestRatio(float(ratios[k]), int(here[k]), int(there[k]))
    return best


class _Side(NamedTuple):
    """Points (n, f) and their logits without bias (n, c), each with its squared lengths (n,)."""

    points: NDArray[np.float64]
    squares: NDArray[np.float64]
    logits: NDArray[np.float64]
    logit_squares: NDArray[np.float64]

    @classmethod
    def of(cls, points: NDArray[np.float64], weight: NDArray) -> _Side:
        logits = points @ weight
        return cls(points, (points**2).sum(1), logits, (logits**2).sum(1))

    def part(self, rows: slice) -> _Side:
        return _Side(*(array[rows] for array in self))


def _candidates(x: _Side, y: _Side, least: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places in a tile of the pair with the largest ratio by rounded squares, where that may exceed `least`, and of
    pairs too close for these."""
    squared = _squared_distances(x.points, x.squares, y.points, y.squares)
    looked = squared <= _NEAR * np.add.outer(x.squares, y.squares)
    np.copyto(squared, np.inf, where=looked)
    ratios = _squared_distances(x.logits, x.logit_squares, y.logits, y.logit_squares)
    ratios /= squared
    largest = ratios.argmax()
    if not ratios.flat[largest] < least**2 * (1 - _SCREENED):
        looked.flat[largest] = True
    i, j = np.nonzero(looked)
    return i, j


def _ratios(differences: NDArray, weight: NDArray) -> NDArray[np.float64]:
    """(n,) of pairs with these differences (n, f); -1 for identical ones."""
    lengths, steps = np.linalg.norm(differences, axis=1), np.linalg.norm(differences @ weight, axis=1)
    return np.divide(steps, lengths, out=np.full(len(lengths), -1.0), where=lengths > 0)


def _squared_distances(x: NDArray, x_squares: NDArray, y: NDArray, y_squares: NDArray) -> NDArray:
    squared = x @ (-2 * y.T)
    squared += x_squares[:, None]
    squared += y_squares
    return np.maximum(squared, 0.0, out=squared)
