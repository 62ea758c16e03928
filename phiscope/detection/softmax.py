"""Detectors that look at nothing but the logits."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from phiscope.arrays import by_blocks

Vector = NDArray[np.float64]


def msp(logits: NDArray) -> Vector:
    """(m,) one minus the largest softmax probability of logits (m, n).

    Hendrycks and Gimpel, A Baseline for Detecting Misclassified and Out-of-Distribution Examples, ICLR 2017. Summed
    over the other classes, since 1 - p would be the same 0 for all samples the network is very sure of.
    """

    def uncertainty(some: NDArray) -> Vector:
        ordered = np.sort(np.asarray(some, np.float64), axis=1)
        rest = np.exp(ordered[:, :-1] - ordered[:, -1:]).sum(axis=1)
        return rest / (1 + rest)

    return by_blocks(uncertainty, logits)


def energy(logits: NDArray, temperature: float = 1.0) -> Vector:
    """(m,) free energy of logits (m, n): E(x) = -T log Σ_c exp(z_c / T).

    Liu et al., Energy-based Out-of-distribution Detection, NeurIPS 2020, who recommend T = 1.
    """

    def free_energy(some: NDArray) -> Vector:
        return -temperature * scipy.special.logsumexp(np.asarray(some, np.float64) / temperature, axis=1)

    return by_blocks(free_energy, logits)
