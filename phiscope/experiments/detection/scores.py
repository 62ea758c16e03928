"""Every detector on every sample of a view, as rows of the table `scores`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope import detection


def score_all(samples: pd.DataFrame, queries: detection.Queries, training: detection.Training) -> pd.DataFrame:
    """One row per sample and detector that can be asked, samples in order: the columns of `samples`, detector, score.

    samples: view, split, sample of the m queries, in the same order.
    """
    scores = {name: detection.score(name, queries, training) for name in detection.possible(queries, training)}
    rows = samples.loc[np.repeat(samples.index, len(scores))]
    return rows.assign(detector=list(scores) * len(samples), score=np.stack(list(scores.values()), axis=1).ravel())


def distances(hulls: Iterable[pd.DataFrame], samples: pd.Series) -> NDArray[np.float64]:
    """(m,) distance to the hull of each sample; NaN for those that were not projected.

    hulls: parts of the table `hulls`, of one view and space; columns sample, distance.
    """
    parts = [part.set_index("sample")["distance"] for part in hulls]
    return pd.concat([pd.Series(dtype=float), *parts]).reindex(samples).to_numpy()
