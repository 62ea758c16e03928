"""Does the geometry know what people find ambiguous?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from phiscope.errors import DataError
from phiscope.stats.intervals import Resampling
from phiscope.words.detectors import DIFFERENCE, INDICATORS, SCORES

# Of each indicator, larger for less certain.
_VALUES: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "ambiguity": lambda frame: -frame["ambiguity"],
    "margin": lambda frame: -frame["margin"],
    "distance": lambda frame: frame["distance"],
    "confidence": lambda frame: 1 - frame["confidence"],
}


def label_entropy(probabilities: NDArray) -> NDArray[np.float64]:
    """(n,) entropy in nats of each row of shares (n, classes): 0 where all people agree, log(classes) at most."""
    probabilities = np.asarray(probabilities, dtype=float)
    wrong = ~(np.isclose(probabilities.sum(axis=1), 1, atol=1e-6) & (probabilities >= 0).all(axis=1))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(f"human labels: row {row} does not hold shares; expected numbers >= 0 that sum to 1")
    return scipy.special.entr(probabilities).sum(axis=1)


def human_frames(
    standing: pd.DataFrame, scores: pd.DataFrame, shares: NDArray, *, seed: int = 0, **options: Any
) -> dict[str, pd.DataFrame]:
    """The frames `entropy` (sample, entropy) and `agreement` (as from `human_agreement`) of the original test samples.

    standing, scores: of all views; shares (n, classes): row k is what people say of test sample k of the data set.
    options: resamples, confidence.
    """
    original, own = (frame[frame["view"] == "original"] for frame in (standing, scores))
    entropy = label_entropy(shares[original["sample"]])
    people = pd.DataFrame({"sample": original["sample"], "entropy": entropy})
    return {"entropy": people, "agreement": human_agreement(original, people, own, seed=seed, **options)}


def human_agreement(
    standing: pd.DataFrame,
    entropy: pd.DataFrame,
    scores: pd.DataFrame | None = None,
    *,
    seed: int = 0,
    resamples: int = 2000,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Spearman's rank correlation of each indicator with the entropy of human labels, and one paired difference.

    standing: as from `standing`, one view; entropy: columns sample, entropy; scores: sample, detector, score of
    the same view, for a row per detector of SCORES in it. Samples in all of them count. Returns key, indicator,
    correlation, ci_low, ci_high, interval, n. The resamples are the same for all rows, so the difference is paired;
    those in which a correlation is undefined are left out. NaN where it is undefined altogether.
    """
    paired = standing.merge(entropy, on="sample", validate="one_to_one")
    names = dict(INDICATORS)
    if scores is not None:
        known = scores[scores["detector"].isin(SCORES)].pivot(index="sample", columns="detector", values="score")
        paired = paired.merge(known.dropna(), on="sample", validate="one_to_one")
        names |= {key: name for key, name in SCORES.items() if key in known}
    paired = paired.sort_values("sample")
    columns = {key: np.asarray(_VALUES[key](paired) if key in _VALUES else paired[key], float) for key in names}
    about = {"key": [*names, "difference"], "indicator": [*names.values(), DIFFERENCE]}
    people, options = paired["entropy"].to_numpy(float), Resampling(resamples, confidence, seed)
    return pd.DataFrame(about | _correlations(columns, people, options)).assign(n=len(paired))


def _correlations(columns: dict[str, NDArray], people: NDArray, options: Resampling) -> dict[str, NDArray]:
    """Correlations of the columns with what people say, and that of `ambiguity` minus `confidence`, with intervals."""
    ranks, human = {key: Ranks(column) for key, column in columns.items()}, Ranks(people)

    def statistic(counts: NDArray) -> NDArray:
        said = human(counts)
        each = {key: spearman(counts, rank(counts), said) for key, rank in ranks.items()}
        return np.stack([*each.values(), each["ambiguity"] - each["confidence"]], axis=1)

    n = len(people)
    values = statistic(np.ones((1, n)))[0] if n else np.full(len(columns) + 1, np.nan)
    low, high = np.full((2, len(values)), np.nan)
    # With fewer than four samples most resamples repeat one sample so often that nothing is left to rank.
    defined = np.isfinite(values) & (n > 3)
    if defined.any():
        draws = options.draws(statistic, n)
        for place in np.flatnonzero(defined):
            low[place], high[place] = options.ends(draws[np.isfinite(draws[:, place]), place])
    how = np.where(defined, options.bootstrap, "none: undefined or too few samples")
    return {"correlation": values, "ci_low": low, "ci_high": high, "interval": how}


class Ranks:
    """Ranks of values (n,) in any resample of them, ties sharing their mean rank, without sorting anew."""

    def __init__(self, values: NDArray) -> None:
        _, self._group = np.unique(values, return_inverse=True)
        self._order = np.argsort(self._group, kind="stable")
        self._starts = np.flatnonzero(np.diff(self._group[self._order], prepend=-1))

    def __call__(self, counts: NDArray) -> NDArray[np.float64]:
        """(k, n) mid-rank of each value in resamples that hold it `counts` (k, n) times, less the mean rank."""
        sizes = np.add.reduceat(counts[:, self._order], self._starts, axis=1)
        last = np.cumsum(sizes, axis=1)
        middle = last - (sizes - 1) / 2
        return middle[:, self._group] - (last[:, -1:] + 1) / 2


def spearman(counts: NDArray, x: NDArray, y: NDArray) -> NDArray[np.float64]:
    """(k,) Spearman's correlation in resamples that hold each sample `counts` (k, n) times; NaN if one is constant.

    x, y (k, n): ranks in the resamples, as from `Ranks`.
    """
    covariance, own, other = (np.einsum("kn,kn,kn->k", counts, a, b) for a, b in ((x, y), (x, x), (y, y)))
    scale = np.sqrt(own * other)
    return np.divide(covariance, scale, out=np.full(len(counts), np.nan), where=scale > 0)
