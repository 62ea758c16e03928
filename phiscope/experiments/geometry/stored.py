"""Samples of a run as its files keep them, read in full or by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope import tables
from phiscope.arrays import as_vectors
from phiscope.datasets import ImagesBySample, open_prepared
from phiscope.experiments.geometry.spanning import vectors

_CELLS = 1 << 22  # numbers held at a time in float64: 32 MB


class Stored(NamedTuple):
    """Vectors (n, ...) as they are kept, 8-bit images or numbers, and the numbers of the samples that they are (n,)."""

    vectors: NDArray
    samples: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.vectors)

    @classmethod
    def features(cls, path: str, gathered: Iterable[str] = ()) -> Stored:
        """Of a table of features; mapped where one of the gathered files lies beside it."""
        return cls(vectors(path, gathered), tables.read(path, ["sample"])["sample"].to_numpy())

    @classmethod
    def pixels(cls, path: str, limit: int | None) -> Stored:
        """The first `limit` images of a prepared split, all where None."""
        prepared = open_prepared(path)
        return cls(prepared.images(slice(0, limit)), prepared.samples[:limit])

    def rows(self, which: NDArray[np.int64]) -> NDArray[np.float64]:
        return as_vectors(self.vectors[which]).astype(np.float64)

    def blocks(self) -> Iterator[tuple[int, NDArray[np.float64]]]:
        size = max(1, _CELLS // int(np.prod(self.vectors.shape[1:])))
        for first in range(0, len(self), size):
            yield first, as_vectors(self.vectors[first : first + size]).astype(np.float64)

    def only(self, which: NDArray[np.bool_]) -> Stored:
        return Stored(self.vectors[which], self.samples[which])

    def places(self, samples: Iterable[int]) -> NDArray[np.int64]:
        """Where samples stand; -1 for one that is not there."""
        return np.asarray(pd.Index(self.samples).get_indexer(np.asarray(samples, np.int64)))


def features_of(path: str, samples: pd.Series) -> NDArray[np.float64]:
    """(k, f) of samples by their numbers, from a table of features."""
    stored = Stored.features(path)
    return stored.rows(stored.places(samples))


def pixels_of(path: str, samples: pd.Series) -> NDArray[np.float32]:
    """(k, d) of samples by their numbers, from a prepared split."""
    images = ImagesBySample(open_prepared(path))
    return as_vectors(np.stack([images[sample] for sample in samples]))
