"""A detector that asks how far a sample leaves the directions in which the training samples vary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import by_blocks, scatter
from phiscope.detection import softmax
from phiscope.errors import DataError

_ROUNDING = 1e-12  # of the length of the features: less than that is not outside a subspace


def vim(
    features: NDArray,
    logits: NDArray,
    training_features: NDArray,
    training_logits: NDArray,
    weight: NDArray,
    bias: NDArray,
    dimension: int | None = None,
) -> NDArray[np.float64]:
    """(m,) virtual logit less log Σ_c exp(z_c): α ‖(I - PPᵀ)(x - o)‖ - log Σ_c exp(z_c).

    Wang et al., ViM: Out-Of-Distribution with Virtual-logit Matching, CVPR 2022. The origin o = -(Wᵀ)⁺ b is where
    all logits are closest to 0; P spans the `dimension` largest directions of XᵀX for the training features X
    seen from o; α = Σ_i max_c z_ic / Σ_i ‖(I - PPᵀ)(x_i - o)‖ over the training samples. features (m, f),
    logits (m, n), training_features (t, f), training_logits (t, n), weight (f, n), bias (n,).

    dimension: of the principal space, 0 to f - 1; `principal_dimension(f)` unless given. If the training samples do not
    leave the principal space, the virtual logit is 0 and minus the energy is left.
    """
    width = weight.shape[0]
    dimension = principal_dimension(width) if dimension is None else dimension
    if not 0 <= dimension < width:
        raise DataError(f"vim: dimension {dimension}: expected 0 to {width - 1}, less than the number of features")
    origin = -np.linalg.pinv(weight.T) @ bias
    _, directions = np.linalg.eigh(scatter(training_features, origin))  # ascending: the last are the principal ones
    residual = directions[:, : width - dimension]

    def leaving(some: NDArray) -> NDArray[np.float64]:
        return np.linalg.norm((np.asarray(some, np.float64) - origin) @ residual, axis=1)

    def length(some: NDArray) -> NDArray[np.float64]:
        return np.linalg.norm(np.asarray(some, np.float64) - origin, axis=1)

    virtual = by_blocks(leaving, training_features).mean()
    leaves = virtual > _ROUNDING * by_blocks(length, training_features).mean()
    alpha = np.max(training_logits, axis=1).mean() / virtual if leaves else 0.0
    return alpha * by_blocks(leaving, features) + softmax.energy(logits)


def principal_dimension(width: int) -> int:
    """Dimension of the principal space for so many features.

    ASSUME: 1000 for 2048 features and more, 512 for 768 and more, as published; half of them below, as in the authors'
    code. Their ablation finds the score insensitive to it between a third and two thirds of the features.
    """
    if width >= 2048:
        return 1000
    return 512 if width >= 768 else width // 2
