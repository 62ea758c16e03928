"""Sums over all training samples, of which some are in float64 at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks, rows_at_a_time


def scatter(features: NDArray, centres: NDArray, members: NDArray | None = None) -> NDArray[np.float64]:
    """(f, f) Σ_i (x_i - c_i)(x_i - c_i)ᵀ over features (t, f).

    centres (f,), the same for all; or (k, f), and members (t,) says which of them is whose.
    """
    total = np.zeros((features.shape[1],) * 2)
    for part in blocks(len(features), rows_at_a_time(features.shape[1])):
        seen = np.asarray(features[part], np.float64) - (centres if members is None else centres[members[part]])
        total += seen.T @ seen
    return total
