"""Where samples stand between the hull of all training samples and those of single classes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from phiscope.stats.geometry.standing import at_zero
from phiscope.stats.intervals import Estimate, Resampling, median_of, share_of

_KEY = ["view", "split", "sample"]
_OF_CLASSES = ["own_distance", "own_position", "other_class", "other_distance"]
SIGNIFICANT = 0.05  # p-values up to this are counted


def hull_standing(hulls: pd.DataFrame, class_hulls: pd.DataFrame | None = None) -> pd.DataFrame:
    """Distances to the hull of all, of the predicted class and of the nearest other class, per sample in feature space.

    hulls, class_hulls: the tables of these names. Columns: view, split, sample, label, predicted; distance, position,
    to the hull of all training samples; own_distance, own_position, to that of the predicted class; other_class,
    other_distance, of the other class whose hull is nearest, among those that the sample was projected onto. NaN, None
    and -1 where a class has no training sample, or no hull of a class was asked for. Distances of samples that touch a
    hull are 0.
    """
    own = at_zero(hulls).loc[hulls["space"] == "feature", [*_KEY, "label", "predicted", "distance", "position"]]
    beside = own_and_other(class_hulls) if class_hulls is not None and len(class_hulls) else None
    if beside is None:
        own = own.assign(own_distance=np.nan, own_position=None, other_class=-1, other_distance=np.nan)
    else:
        own = own.merge(beside, on=_KEY, how="left", validate="one_to_one")
    own["own_position"] = own["own_position"].astype(object).where(own["own_position"].notna(), None)
    own["other_class"] = own["other_class"].fillna(-1).astype(int)
    return own.sort_values(["view", "sample"], ignore_index=True)


def own_and_other(class_hulls: pd.DataFrame) -> pd.DataFrame:
    """view, split, sample with own_distance, own_position, other_class and other_distance; the lowest class among
    equals."""
    if class_hulls.empty:  # of training samples without labels; pandas cannot merge by texts of which there are none
        return pd.DataFrame(columns=[*_KEY, *_OF_CLASSES])
    rows = at_zero(class_hulls).sort_values([*_KEY, "distance", "hull_class"])
    own = rows[rows["is_predicted"]].rename(columns={"distance": "own_distance", "position": "own_position"})
    others = rows[~rows["is_predicted"]].drop_duplicates(_KEY)
    others = others.rename(columns={"hull_class": "other_class", "distance": "other_distance"})
    found = own[[*_KEY, "own_distance", "own_position"]].merge(
        others[[*_KEY, "other_class", "other_distance"]], on=_KEY, how="outer", validate="one_to_one"
    )
    return found[[*_KEY, *_OF_CLASSES]]


def hull_summary(standing: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """One row per view; standing: as from `hull_standing`, with p_value and own_p_value where there are any.

    Columns: view, n, and for each of these the value with _low and _high, null where no sample has one: closure, the
    closure ratio, the share of samples that are not proven outside the hull of all; outside, own_outside, shares that
    are proven to be, of the hull of all and of that of the predicted class; distance, own_distance, other_distance,
    medians; nearer_other, the share that is closer to the hull of another class than to that of the predicted;
    p_value, own_p_value, shares of p-values up to 0.05, of which a valid test flags 5 % of genuine samples at most.

    Hwang and Shin 2024, Uncertainty Measurement of Deep Learning System based on the Convex Hull of Training Sets,
    arXiv 2405.16082, name the closure ratio. ASSUME: it is the share of a set of samples that lies in the hull.
    """
    rows = []
    for view, part in standing.groupby("view", sort=False):
        row = {"view": view, "n": len(part), "classes_n": int(part["own_distance"].notna().sum())}
        for name, (columns, measure) in _MEASURES.items():
            there = part.dropna(subset=columns) if set(columns) <= set(part) else part.iloc[:0]
            row |= _with_ends(name, measure(there, options) if len(there) else None)
        rows.append(row)
    return pd.DataFrame(rows).sort_values(
        "view", key=lambda names: names.where(names != "original", ""), ignore_index=True
    )


_MEASURES: dict[str, tuple[list[str], Callable[[pd.DataFrame, Resampling], Estimate]]] = {
    "closure": (["position"], lambda rows, options: share_of(rows["position"] != "outside", options)),
    "outside": (["position"], lambda rows, options: share_of(rows["position"] == "outside", options)),
    "own_outside": (["own_position"], lambda rows, options: share_of(rows["own_position"] == "outside", options)),
    "distance": (["distance"], lambda rows, options: median_of(rows["distance"], options)),
    "own_distance": (["own_distance"], lambda rows, options: median_of(rows["own_distance"], options)),
    "other_distance": (["other_distance"], lambda rows, options: median_of(rows["other_distance"], options)),
    "nearer_other": (
        ["own_distance", "other_distance"],
        lambda rows, options: share_of(rows["other_distance"] < rows["own_distance"], options),
    ),
    "p_value": (["p_value"], lambda rows, options: share_of(rows["p_value"] <= SIGNIFICANT, options)),
    "own_p_value": (["own_p_value"], lambda rows, options: share_of(rows["own_p_value"] <= SIGNIFICANT, options)),
}


def _with_ends(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    keys = (name, f"{name}_low", f"{name}_high")
    return dict.fromkeys(keys) if estimate is None else dict(zip(keys, (estimate.value, estimate.low, estimate.high)))
