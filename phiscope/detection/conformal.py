"""Scores calibrated by those of training samples: conformal p-values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def p_values(scores: NDArray, groups: NDArray, null: NDArray, null_groups: NDArray) -> NDArray[np.float64]:
    """(m,) p = (1 + #{i: g_i = g, s_i >= s}) / (1 + #{i: g_i = g}), over a null distribution for each group.

    Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005 (conformal p-values; by group, Mondrian);
    Bates, Candès, Lei, Romano and Sesia, Testing for outliers with conformal p-values, Annals of Statistics 2023.
    scores (m,), larger for stranger, and groups (m,) of the samples; null (n,) and null_groups (n,) of those that they
    are compared with. Ties count as at least as strange, nothing is randomised: if a sample and the null of its group
    are exchangeable, P(p <= t) <= t. 1 where a group has no null; NaN where a score is NaN.
    """
    scores, found = np.asarray(scores, np.float64), np.ones(len(scores))
    for group in np.unique(groups):
        own, rows = np.sort(null[null_groups == group]), groups == group
        found[rows] = (1 + len(own) - np.searchsorted(own, scores[rows], "left")) / (1 + len(own))
    return np.where(np.isnan(scores), np.nan, found)
