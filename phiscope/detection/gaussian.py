"""A detector that takes the features of each class for a Gaussian cloud, all of one shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks
from phiscope.errors import DataError

_NUMBERS = 4_000_000  # of the offsets of some samples to all class means, that are held at a time


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
    precision = np.linalg.pinv(centred.T @ centred / len(training), hermitian=True)
    points = np.asarray(features, np.float64)
    found = np.empty(len(points))
    for part in blocks(len(points), max(1, _NUMBERS // means.size)):
        offsets = points[part, None] - means
        found[part] = np.einsum("mcf,mcf->mc", offsets @ precision, offsets).min(axis=1)
    return found
