"""Every detector on every sample of a view, as rows of the table `scores`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope import detection, stats
from phiscope.experiments.geometry.leave_one_out import ALL, CLASS

HULL = ["sample", "distance", "position"]  # columns of `hulls` that are asked for, and of `class_hulls`
OWN = ["view", "split", "sample", "hull_class", "is_predicted", "distance", "position"]


def score_all(samples: pd.DataFrame, queries: detection.Queries, training: detection.Training) -> pd.DataFrame:
    """One row per sample and detector that can be asked, samples in order: the columns of `samples`, detector, score.

    samples: view, split, sample of the m queries, in the same order.
    """
    scores = {name: detection.score(name, queries, training) for name in detection.possible(queries, training)}
    rows = samples.loc[np.repeat(samples.index, len(scores))]
    return rows.assign(detector=list(scores) * len(samples), score=np.stack(list(scores.values()), axis=1).ravel())


def distances(hulls: Iterable[pd.DataFrame], samples: pd.Series) -> NDArray[np.float64]:
    """(m,) distance to the hull of each sample, 0 where it touches it; NaN for those that were not projected.

    hulls: parts of the table `hulls`, of one view and space; columns sample, distance, position.
    """
    parts = [stats.at_zero(part).set_index("sample")["distance"] for part in hulls]
    return pd.concat([pd.Series(dtype=float), *parts]).reindex(samples).to_numpy()


def beside_classes(
    class_hulls: list[pd.DataFrame], samples: pd.Series, distance: NDArray[np.float64]
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """(m,) distances of each sample to the hull of its predicted class, and to the nearest of another.

    class_hulls: parts of the table of that name, of one view; none: no such hulls were asked for, None. distance (m,):
    NaN for samples that were not projected. A class without a training sample has no hull, which is infinitely far.
    """
    if not class_hulls:
        return None, None
    found = stats.own_and_other(pd.concat(class_hulls)).set_index("sample").reindex(samples)
    projected = ~np.isnan(distance)
    own, other = (found[name].to_numpy(float) for name in ("own_distance", "other_distance"))
    own, other = (np.where(np.isnan(each) & projected, np.inf, each) for each in (own, other))
    return own, other


def null_of(left_out: pd.DataFrame | None) -> tuple[detection.Null | None, detection.Null | None]:
    """Null distributions of distances to the hull of all others, and of others of the class; left_out: the table.

    0 where a sample touches the hull, as in `distances`.
    """
    if left_out is None:
        return None, None
    left_out = stats.at_zero(left_out)
    parts = {kind: left_out[left_out["hull_of"] == kind] for kind in (ALL, CLASS)}
    groups = {ALL: "predicted", CLASS: "label"}
    nulls = [
        detection.Null(part["distance"].to_numpy(), part[groups[kind]].to_numpy()) if len(part) else None
        for kind, part in parts.items()
    ]
    return nulls[0], nulls[1]
