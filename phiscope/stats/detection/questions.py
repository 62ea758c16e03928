"""What does a detector tell of samples as they are: errors, people's disagreement, samples of other data sets?"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.stats.detection.curves import MEASURES, Measures, Trial, by_sample, difference_of, interval_of
from phiscope.stats.intervals import Resampling

REFERENCES = ("hull", "knn", "mahalanobis", "msp")  # raw distance, neighbours, a Gaussian, softmax
AGREED = 0.9  # share of people's answers that the commonest has at least where they agree
ERROR, DISAGREEMENT, FOREIGN = "error", "disagreement", "foreign"


def detector_questions(
    scores: pd.DataFrame,
    standing: pd.DataFrame,
    shares: NDArray | None = None,
    *,
    foreign: Collection[str] = (),
    options: Resampling,
) -> pd.DataFrame:
    """Area under the ROC curve and false positive rate where 95 % are caught, of every detector for every question.

    Positive are, of the original test samples: `error`, those that get another class than their label; `disagreement`,
    those of which fewer than nine in ten people give the commonest answer, by shares (n, classes), row k of test sample
    k; and for `foreign` all samples of a view of another data set, beside all original ones. scores, standing: the
    table and the frame of these names; samples that some detector has no score for, or that standing does not hold, are
    left out. A question without samples of both kinds has no rows.

    Returns one row per question, view, detector, measure and `against`, one of `REFERENCES`: value, ci_low, ci_high,
    interval, difference, difference_low, difference_high, n (positives), n_genuine. Intervals: percentile bootstrap
    over samples, positives and others each on their own; differences over the same resamples, NaN ends where every
    resample gives the same.

    ASSUME: fewer than nine in ten is disagreement; the text of Peterson et al. 2019 draws no line.
    """
    rows = [
        row for question, trial in _trials(scores, standing, shares, foreign) for row in _rows(question, trial, options)
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = [
    *("question", "view", "detector", "measure", "value", "ci_low", "ci_high", "interval", "against"),
    *("difference", "difference_low", "difference_high", "n", "n_genuine"),
]


def _trials(
    scores: pd.DataFrame, standing: pd.DataFrame, shares: NDArray | None, foreign: Collection[str]
) -> Iterator[tuple[str, Trial]]:
    test = scores[scores["split"] == "test"]
    own = by_sample(test[test["view"] == "original"]).dropna()
    about = standing[standing["view"] == "original"].set_index("sample")
    own = own[own.index.isin(about.index)]
    about = about.loc[own.index]
    labelled = (about["label"] >= 0).to_numpy()
    yield from _trial(ERROR, "original", own[labelled], ~about.loc[labelled, "correct"].to_numpy(bool))
    if shares is not None:
        yield from _trial(DISAGREEMENT, "original", own, shares[own.index].max(axis=1) < AGREED)
    for view in foreign:
        others = by_sample(test[test["view"] == view]).dropna()
        shared = [name for name in own if name in others]
        both = pd.concat([own[shared], others[shared]])
        yield from _trial(FOREIGN, view, both, np.arange(len(both)) >= len(own))


def _trial(question: str, view: str, scores: pd.DataFrame, positive: NDArray) -> Iterator[tuple[str, Trial]]:
    """Nothing where all samples are of one kind."""
    if len(scores.columns) and positive.any() and not positive.all():
        values = scores.to_numpy()
        counted = {"all": np.ones(int(positive.sum()), bool)}
        yield question, Trial(view, tuple(scores), values[~positive], values[positive], counted, False)


def _rows(question: str, trial: Trial, options: Resampling) -> Iterator[dict]:
    measure, n, m = Measures(trial), len(trial.suspicious), len(trial.genuine)
    values = measure(np.ones((1, m)), np.ones((1, n)))[0, 0]
    draws = options.draws(measure, m, n)[:, 0]
    for j, detector in enumerate(trial.detectors):
        for k, name in enumerate(MEASURES):
            row = {"question": question, "view": trial.view, "detector": detector, "measure": name}
            row |= interval_of(values[j, k], draws[:, j, k], name, n, trial, options)
            for against in REFERENCES:
                if against in trial.detectors:
                    pair = [j, trial.detectors.index(against)]
                    apart = difference_of(values[pair, k], draws[:, pair, k], options)
                    yield row | {"against": against, **apart, "n": n, "n_genuine": m}
