"""How noisy an image is, from the image alone."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

# Immerkær 1996: a difference of two Laplacians, blind to what is locally linear; 6 is its norm.
_LAPLACIANS = np.array([[1.0, -2.0, 1.0], [-2.0, 4.0, -2.0], [1.0, -2.0, 1.0]]) / 6
_MEDIAN = 0.6744897501960818  # of |n|, n standard normal: √2 erfinv(1/2)


def estimate_level(image: NDArray) -> float:
    """Standard deviation of the Gaussian noise on an image (channels, h, w), averaged over channels.

    Median of |Laplacians ⋆ x| over that of a normal distribution: robust against edges, not against texture, which
    counts as noise. Works from 3 x 3 pixels on, unlike estimates from wavelets.
    """
    residuals = [scipy.ndimage.convolve(channel.astype(np.float64), _LAPLACIANS)[1:-1, 1:-1] for channel in image]
    return float(np.mean([np.median(np.abs(residual)) for residual in residuals]) / _MEDIAN)
