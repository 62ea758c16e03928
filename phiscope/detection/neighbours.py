"""A detector that asks how far the nearest training samples are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks

_BLOCK = 500  # queries whose similarities to all training samples are held at a time
_NUMBERS = 4_000_000  # of offsets to neighbours that are held at a time: 32 MB


def knn(features: NDArray, training_features: NDArray, k: int = 50) -> NDArray[np.float64]:
    """(m,) distance to the k-th nearest training sample, all features scaled to length one: ‖z - z_(k)‖.

    Sun et al., Out-of-Distribution Detection with Deep Nearest Neighbors, ICML 2022. features (m, f),
    training_features (t, f). Neighbours are found in float32, their distances computed in float64.

    ASSUME: k = 50, what the authors use for CIFAR-10 with all training samples; of fewer than k the farthest counts.
    """
    queries, training = _unit(features), _unit(training_features)
    k = min(k, len(training))
    wide, single = training, training.T.astype(np.float32)
    distances = np.empty(len(queries))
    for block in blocks(len(queries), _BLOCK):
        similar = queries[block].astype(np.float32) @ single
        # Of unit vectors the nearest is the most similar.
        nearest = np.argpartition(similar, -k, axis=1)[:, -k:]
        for part in blocks(len(nearest), max(1, _NUMBERS // (k * queries.shape[1]))):
            rows = slice(block.start + part.start, block.start + part.stop)
            offsets = wide[nearest[part]] - queries[rows, None]
            distances[rows] = np.sqrt(np.einsum("mkf,mkf->mk", offsets, offsets).max(axis=1))
    return distances


def _unit(vectors: NDArray) -> NDArray[np.float64]:
    """Rows scaled to length one; a row of zeros stays, at distance one from all others."""
    vectors = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
