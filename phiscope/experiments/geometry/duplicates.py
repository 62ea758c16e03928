"""Test images that stand in the training set already, or all but do: what they say of a classifier is no test.

Two images are the same in pixels or in features. `exact`: all pixels are equal; features differ by no more than their
noise. `near`: see `NEAR`. Everything else is `apart`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.arrays import blocks, unit_range
from phiscope.datasets import PreparedDataset

CLOSEST = 3  # training samples of a test sample, by features and by small copies, whose pixels are compared

# Pixels: root-mean-square difference relative to the deviation of training pixels. Below it two images have a
# correlation above 1 - 1/128 = 0.992, which compression, rescaling and noise leave, and two motifs seldom have.
# Features: distance relative to that of the median test sample to its closest training sample. Where features spread
# over k directions, a ball of an eighth of that radius holds one sample in 8^k by chance.
NEAR = 1 / 8

MOST_PIXELS = 2**31  # of both splits together that small copies are made of; of more, features alone find candidates
_SMALL = 8  # height and width of a small copy at most
_AT_A_TIME = 2**24  # pixels
_CANDIDATE = 1 / 2  # of the distance of the median test sample: what is further has its pixels compared no more
_ROUNDING = 1e-3  # of the features' spread: float32 products
_KINDS = ("exact", "near", "apart")

COLUMNS = (
    *("sample", "label", "train_sample", "train_label", "kind", "feature_kind", "pixel_rms", "feature_distance"),
)


class Samples(NamedTuple):
    """features (n, f) and their noise (n,); samples and labels (n,): numbers and classes; image: of a number,
    (c, h, w) in [0, 1]; small (n, d): copies of the images with few pixels, None where there are none."""

    features: NDArray[np.floating]
    noise: NDArray[np.floating]
    samples: NDArray[np.integer]
    labels: NDArray[np.integer]
    image: Callable[[int], NDArray[np.floating]]
    small: NDArray[np.float32] | None = None


class _Pair(NamedTuple):
    place: int
    pixels: float
    features: float


def duplicates(test: Samples, train: Samples, deviation: float) -> pd.DataFrame:
    """One row per test sample whose image or features are those of a training sample, with the closest of these.

    kind, of pixels, and feature_kind are `exact`, `near` or `apart`, one of them not `apart`; deviation: of the
    training images' pixels in [0, 1]. Pixels are compared with those of the `CLOSEST` training samples in feature space
    and among small copies, where the closest of these could be near. Equal images have equal features, so that no exact
    copy is missed; a near one is where more than `CLOSEST` training samples are closer both ways. O(n m f) for the
    neighbours, by scikit-learn.
    """
    if not len(test.features) or not len(train.features):
        return pd.DataFrame(columns=COLUMNS)
    distances, places = _closest(test.features, train.features)
    apart = distances[:, 0] > test.noise + train.noise[places[:, 0]]
    typical = float(np.median(distances[apart, 0])) if apart.any() else 0.0
    spread = float(np.linalg.norm(train.features - train.features.mean(axis=0), axis=1).mean())
    rows, looked = [], distances[:, 0] <= max(typical * _CANDIDATE, _ROUNDING * spread)
    candidates = [list(row) if look else [] for row, look in zip(places, looked)]
    if test.small is not None and train.small is not None:
        differences, others = _closest(test.small, train.small)
        near = differences <= NEAR * deviation * math.sqrt(test.small.shape[1])
        candidates = [[*one, *other[like]] for one, other, like in zip(candidates, others, near)]
    for row in np.flatnonzero([len(found) > 0 for found in candidates]):
        image = test.image(int(test.samples[row]))
        pairs = [_pair(image, test.features[row], train, int(place)) for place in dict.fromkeys(candidates[row])]
        best = min(pairs, key=lambda pair: (pair.pixels >= NEAR * deviation, pair.pixels, pair.features))
        if best.pixels >= NEAR * deviation:
            best = min(pairs, key=lambda pair: pair.features)
        kind = _kind(best.pixels, 0.0, NEAR * deviation)
        like = _kind(best.features, float(test.noise[row] + train.noise[best.place]), NEAR * typical)
        if (kind, like) != ("apart", "apart"):
            who = (*_who(test, int(row)), *_who(train, best.place))
            rows.append(dict(zip(COLUMNS, (*who, kind, like, best.pixels, best.features), strict=True)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _who(samples: Samples, row: int) -> tuple[int, int]:
    return int(samples.samples[row]), int(samples.labels[row])


def _pair(image: NDArray, features: NDArray, train: Samples, place: int) -> _Pair:
    difference = image - train.image(int(train.samples[place]))
    away = features.astype(np.float64) - train.features[place]
    return _Pair(place, float(np.sqrt(np.mean(difference**2))), float(np.linalg.norm(away)))


def _kind(difference: float, exact: float, near: float) -> str:
    return _KINDS[0] if difference <= exact else _KINDS[1] if difference < near else _KINDS[2]


def _closest(queries: NDArray, others: NDArray) -> tuple[NDArray[np.floating], NDArray[np.int64]]:
    """Distances to, and places of, the closest others of each query: (m, k) each, the closest first."""
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=min(CLOSEST, len(others)), algorithm="brute").fit(others).kneighbors(queries)


def small_copies(prepared: PreparedDataset, samples: NDArray[np.integer]) -> NDArray[np.float32]:
    """(n, d) of the images of these samples, the first n of the split in any order: means over parts of the image, of
    which there are 8 x 8 at the most. Where parts have one size, the root-mean-square difference of two copies is no
    larger than that of the images.
    """
    import torch

    channels, height, width = prepared.shape
    size = min(_SMALL, height), min(_SMALL, width)
    copies = np.empty((len(samples), channels * size[0] * size[1]), np.float32)
    for rows in blocks(len(samples), max(1, _AT_A_TIME // (channels * height * width))):
        images = torch.from_numpy(unit_range(prepared.images(rows)))
        copies[rows] = torch.nn.functional.adaptive_avg_pool2d(images, size).flatten(1).numpy()
    row_of = dict(zip(prepared.samples[: len(samples)].tolist(), range(len(samples))))
    return copies[[row_of[int(sample)] for sample in samples]]
