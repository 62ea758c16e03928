"""A detector that asks how far the nearest training samples are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks, rows_at_a_time

_BLOCK = 500  # queries at a time, at most
_SIMILARITIES = 2**26  # to all training samples that are held at a time: 256 MB, and twice that of places


def knn(features: NDArray, training_features: NDArray, k: int = 50) -> NDArray[np.float64]:
    """(m,) distance to the k-th nearest training sample, all features scaled to length one: ‖z - z_(k)‖.

    Sun et al., Out-of-Distribution Detection with Deep Nearest Neighbors, ICML 2022. features (m, f),
    training_features (t, f). Neighbours are found in float32, their distances computed in float64.

    ASSUME: k = 50, what the authors use for CIFAR-10 with all training samples; of fewer than k the farthest counts.
    """
    count, width = training_features.shape
    k, single = min(k, count), np.empty((count, width), np.float32)
    for part in blocks(count, rows_at_a_time(width)):
        single[part] = _unit(training_features[part])
    distances = np.empty(len(features))
    for block in blocks(len(features), max(1, min(_BLOCK, _SIMILARITIES // count))):
        queries = _unit(features[block])
        similar = queries.astype(np.float32) @ single.T
        # Of unit vectors the nearest is the most similar.
        nearest = np.argpartition(similar, -k, axis=1)[:, -k:]
        for part in blocks(len(nearest), rows_at_a_time(k * width)):
            offsets = _unit(training_features[nearest[part]]) - queries[part, None]
            rows = slice(block.start + part.start, block.start + part.stop)
            distances[rows] = np.sqrt(np.einsum("mkf,mkf->mk", offsets, offsets).max(axis=1))
    return distances


def _unit(vectors: NDArray) -> NDArray[np.float64]:
    """Vectors along the last axis, scaled to length one; one of zeros stays, at distance one from all others."""
    vectors = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
