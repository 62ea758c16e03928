"""Where the samples of every view stand, in three numbers."""

from __future__ import annotations

import pandas as pd

from phiscope.stats.intervals import Estimate, Resampling, median_of, share_of


def by_view(standing: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """Accuracy, median margin and median distance to two hulls of training features, per view.

    standing: as from `standing`. Columns: view, n, and for each of accuracy, margin, distance and processed the value
    with _low and _high. distance is to the hull of the training images as they are, whatever was done to the view;
    processed to that of equally processed training images, null where the view names none. Views of other data sets
    have no labels, and no accuracy.
    """
    rows = []
    for view, part in standing.groupby("view", sort=False):
        labelled = part[part["label"] >= 0]
        row = {"view": view, "n": len(part)}
        row |= _columns("accuracy", share_of(labelled["correct"], options) if len(labelled) else None)
        for name in ("margin", "distance"):
            row |= _columns(name, median_of(part[name], options))
        row |= _columns("processed", median_of(part["processed"], options) if part["processed"].notna().any() else None)
        rows.append(row)
    return pd.DataFrame(rows).sort_values("view", key=_original_first, ignore_index=True)


def _columns(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    keys = (name, f"{name}_low", f"{name}_high")
    return dict.fromkeys(keys) if estimate is None else dict(zip(keys, (estimate.value, estimate.low, estimate.high)))


def _original_first(names: pd.Series) -> pd.Series:
    return names.where(names != "original", "")
