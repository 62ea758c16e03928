"""Does the geometry know what people find ambiguous?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import entr
from scipy.stats import rankdata

from phiscope.stats.intervals import POPULATION, Resampling

# Each is oriented so that larger means less certain.
_INDICATORS = {
    "ambiguity": ("ambiguity indicator (d_h - d_f)", lambda frame: -frame["ambiguity"]),
    "margin": ("small margin (-d_f)", lambda frame: -frame["margin"]),
    "distance": ("hull distance (d_h)", lambda frame: frame["distance"]),
    "confidence": ("softmax uncertainty (1 - confidence)", lambda frame: 1 - frame["confidence"]),
}
DIFFERENCE = "ambiguity indicator minus softmax uncertainty"


def label_entropy(probabilities: NDArray) -> NDArray[np.float64]:
    """Entropy in nats of each row of shares (n, classes): 0 where all people agree."""
    return entr(probabilities).sum(axis=1)


def human_agreement(
    standing: pd.DataFrame, entropy: pd.DataFrame, *, seed: int = 0, resamples: int = 2000, confidence: float = 0.95
) -> pd.DataFrame:
    """Spearman's rank correlation of each indicator with the entropy of human labels, and one paired difference.

    standing: as from `standing`, one view; entropy: columns sample, entropy. Returns key, indicator, correlation,
    ci_low, ci_high, interval, n. The resamples are the same for all rows, so the difference is paired.
    """
    paired = standing.merge(entropy, on="sample")
    people = paired["entropy"].to_numpy()
    columns = np.stack([np.asarray(of(paired), dtype=float) for _, of in _INDICATORS.values()])
    options = Resampling(resamples, confidence, seed)
    draws = options.draws(lambda rows: _spearman(columns, people, rows), len(people)).reshape(-1, len(columns))
    values = _spearman(columns, people, np.arange(len(people))[None])[0]
    names = [*(name for name, _ in _INDICATORS.values()), DIFFERENCE]
    values, draws = np.append(values, values[0] - values[-1]), np.column_stack([draws, draws[:, 0] - draws[:, -1]])
    tail = 100 * (1 - confidence) / 2
    low, high = np.percentile(draws, [tail, 100 - tail], axis=0)
    how = f"{confidence:.0%} percentile bootstrap over samples, paired ({resamples} resamples); {POPULATION}"
    found = {
        "key": [*_INDICATORS, "difference"],
        "indicator": names,
        "correlation": values,
        "ci_low": low,
        "ci_high": high,
    }
    return pd.DataFrame(found | {"interval": how, "n": len(people)})


def _spearman(columns: NDArray, people: NDArray, rows: NDArray) -> NDArray:
    """(resamples, indicators); ranks are taken anew in each resample, ties shared."""
    found = np.empty((len(rows), len(columns)))
    for target, row in zip(found, rows):
        human = _standardised(rankdata(people[row]))
        target[:] = [_standardised(rankdata(column[row])) @ human for column in columns]
    return found


def _standardised(ranks: NDArray) -> NDArray:
    centred = ranks - ranks.mean()
    length = np.linalg.norm(centred)
    return centred / length if length > 0 else centred * np.nan
