"""Test images that stand in the training set already, or all but do: what they say of a classifier is no test."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CLOSEST = 3  # training samples of a test sample, by their features, whose pixels are compared
NEAR = 1 / 8  # of the standard deviation of the training images' pixels: the size of an attack that names none

_ROUNDING = 1e-3  # of the features' spread: float32 products, and an image in another batch

COLUMNS = ("sample", "label", "train_sample", "train_label", "kind", "pixel_rms", "feature_distance")


class Samples(NamedTuple):
    """features (n, f); samples and labels (n,): numbers and classes; image: of a number, (c, h, w) in [0, 1]."""

    features: NDArray[np.floating]
    samples: NDArray[np.integer]
    labels: NDArray[np.integer]
    image: Callable[[int], NDArray[np.floating]]


def duplicates(test: Samples, train: Samples, deviation: float) -> pd.DataFrame:
    """One row per test sample whose image is one of the training set, with the closest of these.

    kind: `exact` where all pixels are equal, `near` where their root-mean-square difference is below `NEAR` times
    `deviation`, the standard deviation of the training images' pixels in [0, 1].
    Pixels are compared with those of the `CLOSEST` training samples in feature space, and only where the closest is
    half as far as that of the median test sample, or no further than rounding: equal images have equal features. Two
    images that the network tells apart are not found. O(n m f) for the neighbours, by scikit-learn.
    """
    if not len(test.features) or not len(train.features):
        return pd.DataFrame(columns=COLUMNS)
    from sklearn.neighbors import NearestNeighbors

    count = min(CLOSEST, len(train.features))
    neighbours = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(train.features)
    distances, places = neighbours.kneighbors(test.features)
    spread = np.linalg.norm(train.features - train.features.mean(axis=0), axis=1).mean()
    rows = []
    for row in np.flatnonzero(distances[:, 0] <= max(np.median(distances[:, 0]) / 2, _ROUNDING * spread)):
        image = test.image(int(test.samples[row]))
        others = [int(train.samples[place]) for place in places[row]]
        differences = [float(np.sqrt(np.mean((image - train.image(other)) ** 2))) for other in others]
        best = int(np.argmin(differences))
        if differences[best] < NEAR * deviation:
            place = places[row, best]
            rows.append(
                {
                    "sample": int(test.samples[row]),
                    "label": int(test.labels[row]),
                    "train_sample": others[best],
                    "train_label": int(train.labels[place]),
                    "kind": "exact" if differences[best] == 0 else "near",
                    "pixel_rms": differences[best],
                    "feature_distance": float(np.linalg.norm(test.features[row] - train.features[place])),
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))
