"""Norms of rows whose squares overflow or underflow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SMALL, _LARGE = 1e-140, 1e150  # squares of numbers outside lose digits or overflow


def lengths(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """‖r‖ of every row, NaN where it holds one."""
    largest = np.abs(rows).max(axis=1, initial=0)
    if not (((largest > 0) & (largest < _SMALL)) | (largest > _LARGE)).any():
        return np.linalg.norm(rows, axis=1)
    exponent = np.where(np.isfinite(largest), np.frexp(largest)[1], 0)
    return np.ldexp(np.linalg.norm(np.ldexp(rows, -exponent[:, None]), axis=1), exponent)
