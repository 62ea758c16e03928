"""A detector that takes the features of each class for a Gaussian cloud, all of one shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks
from phiscope.errors import DataError

_NUMBERS = 4_000_000  # of some samples, and of their distances to all class means, that are held at a time
_CUTOFF = 1e-15  # of the largest variance: directions of less are left out, as NumPy's pseudo-inverse does


def mahalanobis(features: NDArray, training_features: NDArray, labels: NDArray) -> NDArray[np.float64]:
    """(m,) squared Mahalanobis distance to the closest class mean: min_c (x - μ_c)ᵀ Σ⁺ (x - μ_c).

    Lee et al., A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks, NeurIPS
    2018, on the last hidden layer: μ_c the mean of class c, Σ = 1/t Σ_c Σ_{label i = c} (x_i - μ_c)(x_i - μ_c)ᵀ.
    features (m, f), training_features (t, f), labels (t,). Raises DataError where sizes do not fit.

    ASSUME: where features do not vary within classes, Σ has no inverse; the pseudo-inverse leaves such directions out.
    """
    training = np.asarray(training_features, np.float64)
    if len(labels) != len(training):
        raise DataError(f"mahalanobis: got {len(labels)} labels for {len(training)} samples; expected one each")
    classes, members = np.unique(labels, return_inverse=True)
    means = np.stack([training[members == place].mean(axis=0) for place in range(len(classes))])
    centred = training - means[members]
    # Σ⁺ = U Uᵀ: with everything multiplied by U distances are plain ones, at f² a sample and not f² a class of each.
    variances, directions = np.linalg.eigh(centred.T @ centred / len(training))
    varying = variances > _CUTOFF * variances.max()
    whitening, origin = directions[:, varying] / np.sqrt(variances[varying]), means.mean(axis=0)
    centres = (means - origin) @ whitening
    squares, found = (centres**2).sum(axis=1), np.empty(len(features))
    for part in blocks(len(features), max(1, _NUMBERS // max(means.shape))):
        points = (np.asarray(features[part], np.float64) - origin) @ whitening
        nearest = (squares - 2 * points @ centres.T).argmin(axis=1)
        # Once more as a difference, which keeps the digits of what is near.
        found[part] = ((points - centres[nearest]) ** 2).sum(axis=1)
    return found
