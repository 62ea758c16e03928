"""Classes from scores against patterns: filter banks over all channels, ReLU, means over cells, a linear classifier.

    layers = [patch_bank(train, count=64, side=5, seed=0)]
    train_scores, test_scores = (pattern_scores(images, layers) for images in (train, test))
    ridge_accuracy(train_scores, train_labels, test_scores, test_labels)

A list of several banks scores patterns of patterns. Nothing is trained but the linear classifier, in closed
form.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from phiscope.arrays import blocks, unit_range
from phiscope.errors import DataError

CELLS = 4  # a side of the grid over which responses are averaged; the means are what the linear classifier sees
STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0)  # of the ridge penalty, by the number of images


def gaussian_bank(count: int, channels: int, side: int, seed: int) -> NDArray[np.float32]:
    """(count, channels, side, side) filters of unit norm, drawn evenly from all directions."""
    drawn = np.random.default_rng([seed, count, channels, side]).standard_normal((count, channels, side, side))
    return _unit(drawn)


def patch_bank(images: NDArray, count: int, side: int, seed: int) -> NDArray[np.float32]:
    """Filters that are patches of images (m, channels, h, w) less their mean, of unit norm; flat patches are not drawn.

    Raises DataError where images show nothing but flat patches.
    """
    random = np.random.default_rng([seed, count, side])
    drawn: list[NDArray] = []
    for _ in range(100 * count):
        image = unit_range(images[int(random.integers(len(images)))])
        top, left = (int(random.integers(size - side + 1)) for size in image.shape[1:])
        patch = image[:, top : top + side, left : left + side].astype(np.float64)
        patch = patch - patch.mean()
        if np.square(patch).mean() > 1e-4:
            drawn.append(patch)
        if len(drawn) == count:
            break
    if len(drawn) < count:
        raise DataError(f"images have hardly a patch of {side} x {side} pixels that is not flat; expected pictures")
    return _unit(np.array(drawn))


def over_channels(bank: NDArray, channels: int) -> NDArray[np.float32]:
    """A bank (filters, side, side) for grey images, on the mean of the channels: (filters, channels, side, side)."""
    return _unit(np.repeat(bank[:, None], channels, axis=1))


def pattern_scores(
    images: NDArray, layers: Sequence[NDArray], *, rectify: bool = True, cells: int = CELLS
) -> NDArray[np.float64]:
    """(m, scores) of images (m, channels, h, w): ReLU(f ⋆ x) and ReLU(-f ⋆ x) of every filter, averaged over cells.

    layers: banks (filters, channels, side, side), sides odd, of which each scores what the one before found; a later
    one takes twice as many channels as the one before has filters. rectify: False leaves the ReLU out, and the scores
    are a linear function of the pixels.
    """
    banks = [torch.from_numpy(bank) for bank in layers]
    parts = [
        _scores(torch.from_numpy(np.ascontiguousarray(unit_range(images[part]))), banks, rectify, cells)
        for part in blocks(len(images), 256)
    ]
    return np.concatenate(parts).astype(np.float64)


def _scores(x: Tensor, banks: Sequence[Tensor], rectify: bool, cells: int) -> NDArray[np.float32]:
    with torch.no_grad():
        for bank in banks:
            x = functional.conv2d(x, bank, padding=bank.shape[-1] // 2)
            x = torch.cat([x.relu(), (-x).relu()], dim=1) if rectify else x
        return functional.adaptive_avg_pool2d(x, (min(cells, x.shape[2]), min(cells, x.shape[3]))).flatten(1).numpy()


def ridge_accuracy(
    train: NDArray, train_labels: NDArray, test: NDArray, test_labels: NDArray, strength: float | None = None
) -> float:
    """Share of test samples with a label that a ridge-regularised linear classifier gives it; NaN where none has one.

    min over (W, b) of Σ ‖W z + b - one-hot label‖² + strength · m ‖W, b‖² on z, the m training rows that have a label,
    standardised: the closed form. strength: None takes that of `STRENGTHS` which does best on the last fifth of the
    training rows, fitted to the others.
    ASSUME: training rows are in an order whose end is a fair sample, as prepared splits are.
    """
    labelled = train_labels >= 0
    train, train_labels = train[labelled], train_labels[labelled]
    if not (test_labels >= 0).any() or not len(train):
        return float("nan")
    if strength is None:
        kept = max(len(train) - max(len(train) // 5, 1), 1)
        held = (train[:kept], train_labels[:kept], train[kept:], train_labels[kept:])
        strength = max(STRENGTHS, key=lambda tried: np.nan_to_num(ridge_accuracy(*held, tried), nan=-1.0))
    known = test_labels >= 0
    return float((_predicted(train, train_labels, test[known], strength) == test_labels[known]).mean())


def _predicted(train: NDArray, labels: NDArray, test: NDArray, strength: float) -> NDArray[np.int64]:
    mean, scale = train.mean(0), train.std(0) + 1e-6
    train, test = ((np.c_[(rows - mean) / scale, np.ones(len(rows))]) for rows in (train, test))
    targets = np.eye(labels.max() + 1)[labels]
    penalty = len(train) * strength
    if train.shape[1] <= len(train):
        weights = np.linalg.solve(train.T @ train + penalty * np.eye(train.shape[1]), train.T @ targets)
    else:  # in the dual where there are more scores than images
        weights = train.T @ np.linalg.solve(train @ train.T + penalty * np.eye(len(train)), targets)
    return (test @ weights).argmax(1)


def _unit(bank: NDArray) -> NDArray[np.float32]:
    norms = np.linalg.norm(bank.reshape(len(bank), -1), axis=1)
    return (bank / norms[:, None, None, None]).astype(np.float32)
