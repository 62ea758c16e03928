"""A detector that takes the features of each class for a Gaussian cloud, all of one shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import by_blocks, scatter
from phiscope.errors import DataError

_CUTOFF = 1e-15  # of the largest variance: directions of less are left out, as NumPy's pseudo-inverse does


def mahalanobis(features: NDArray, training_features: NDArray, labels: NDArray) -> NDArray[np.float64]:
    """(m,) squared Mahalanobis distance to the closest class mean: min_c (x - μ_c)ᵀ Σ⁺ (x - μ_c).

    Lee et al., A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks, NeurIPS
    2018, on the last hidden layer: μ_c the mean of class c, Σ = 1/t Σ_c Σ_{label i = c} (x_i - μ_c)(x_i - μ_c)ᵀ.
    features (m, f), training_features (t, f), labels (t,). Raises DataError where sizes do not fit.

    ASSUME: where features do not vary within classes, Σ has no inverse; the pseudo-inverse leaves such directions out.
    """
    if len(labels) != len(training_features):
        raise DataError(
            f"mahalanobis: got {len(labels)} labels for {len(training_features)} samples; expected one each"
        )
    classes, members = np.unique(labels, return_inverse=True)
    places = range(len(classes))
    means = np.stack([np.mean(training_features[members == place], axis=0, dtype=np.float64) for place in places])
    # Σ⁺ = U Uᵀ: with everything multiplied by U distances are plain ones, at f² a sample and not f² a class of each.
    variances, directions = np.linalg.eigh(scatter(training_features, means, members) / len(labels))
    varying = variances > _CUTOFF * variances.max()
    whitening, origin = directions[:, varying] / np.sqrt(variances[varying]), means.mean(axis=0)
    centres = (means - origin) @ whitening
    squares = (centres**2).sum(axis=1)

    def closest(some: NDArray) -> NDArray[np.float64]:
        points = (np.asarray(some, np.float64) - origin) @ whitening
        nearest = (squares - 2 * points @ centres.T).argmin(axis=1)
        # Once more as a difference, which keeps the digits of what is near.
        return ((points - centres[nearest]) ** 2).sum(axis=1)

    return by_blocks(closest, features, width=len(means))
