"""Detectors that look at nothing but the logits."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def msp(logits: NDArray) -> Vector:
    """(m,) one minus the largest softmax probability of logits (m, n).

    Hendrycks and Gimpel, A Baseline for Detecting Misclassified and Out-of-Distribution Examples, ICLR 2017. Summed
    over the other classes, since 1 - p would be the same 0 for all samples the network is very sure of.
    """
    logits = np.sort(np.asarray(logits, np.float64), axis=1)
    rest = np.exp(logits[:, :-1] - logits[:, -1:]).sum(axis=1)
    return rest / (1 + rest)


def energy(logits: NDArray, temperature: float = 1.0) -> Vector:
    """(m,) free energy of logits (m, n): E(x) = -T log Σ_c exp(z_c / T).

    Liu et al., Energy-based Out-of-distribution Detection, NeurIPS 2020, who recommend T = 1.
    """
    return -temperature * scipy.special.logsumexp(np.asarray(logits, np.float64) / temperature, axis=1)
