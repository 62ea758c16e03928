"""One seeded order of a split, every prefix of which is a fair sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import generator

FIRST = "first"  # what a configuration calls the first sample of the order, which every limit holds


def stratified_order(labels: NDArray[np.integer], seed: int) -> NDArray[np.int64]:
    """A permutation of range(len(labels)) whose every prefix holds each class in proportion.

    Each class is shuffled by its own random stream; the k-th of its n_c members then stands at (k + 1/2) / n_c
    of the way, so limits are prefixes and a larger limit contains a smaller one. A prefix holds a class to
    within 1/2 + (classes / 2) · (share of the class): within one, where the classes are of one size. Images without a
    label, -1, are spread like a class.
    """
    place = np.empty(len(labels))
    for label in np.unique(labels):
        members = generator(seed, int(label) % 2**32).permutation(np.flatnonzero(labels == label))
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return np.lexsort((labels, place))


def numbered(sample: int | str, order: Sequence[int] | NDArray[np.integer]) -> int:
    """The number of a sample that a configuration names: itself, or that of `first`; order: numbers of the samples."""
    return int(order[0]) if sample == FIRST else int(sample)
