"""One attack at many settings, and straight paths between many samples: what they come to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.stats.intervals import Estimate, Resampling, median_of, share_of

# Of the genuine samples' margins; 0 is the least of them.
QUANTILES = (0.0, 0.001, 0.01, 0.05)
ENDS = ["value", "ci_low", "ci_high", "interval", "n"]

QUESTIONS: dict[str, tuple[str, str]] = {
    "bisected_below_genuine": (
        "DeepFool, brought to the boundary by bisection: share with a margin below every genuine sample's",
        "share",
    ),
    "front_unseen": ("PGD with lead and hull penalty: share that succeeds and no detector sees, best setting", "share"),
    "front_unseen_any": ("PGD with lead and hull penalty: share that some setting changes unseen", "share"),
    "front_far_any": (
        "PGD with lead and hull penalty: share that some setting takes as far from boundary and hull as medians",
        "share",
    ),
    "paths_same_class": ("straight pixel paths of one class: length over chord in feature space, median", "ratio"),
    "paths_other_class": ("straight pixel paths of two classes: length over chord in feature space, median", "ratio"),
    "paths_curved": ("straight pixel paths: share longer than 1.1 times their chord in feature space", "share"),
    "paths_leave_class": ("straight pixel paths of one class: share that leaves it on the way", "share"),
}
CURVED = 1.1


def overshoots(sweep: pd.DataFrame, genuine_margins: NDArray, options: Resampling) -> pd.DataFrame:
    """DeepFool against its overshoot: a row for each, and one for images that bisection brought to the boundary.

    sweep: the table `attack_sweep`; genuine_margins: of all training and test samples that were not attacked. Returns
    attack, overshoot, key, value, ci_low, ci_high, interval, n. Keys: `rate` and `rate_8bit`, shares of all attacked;
    of those on which the attack succeeded `median_margin`, `median_l2`, and `below_<q>`, the share with a margin below
    the q-quantile of the genuine margins, `below_0` below their least.
    """
    limits = {f"below_{q:g}": float(np.quantile(genuine_margins, q)) for q in QUANTILES}
    rows = []
    for (attack, overshoot), own in _deepfool(sweep).groupby(["attack", "overshoot"], dropna=False, sort=False):
        won = own[own["success"]]
        found = {"rate": share_of(own["success"], options), "rate_8bit": share_of(own["success_8bit"], options)}
        if len(won):
            found |= {"median_margin": median_of(won["margin"], options), "median_l2": median_of(won["l2"], options)}
            found |= {key: share_of(won["margin"] < limit, options) for key, limit in limits.items()}
        rows += [{"attack": attack, "overshoot": overshoot, "key": key} | _ends(each) for key, each in found.items()]
    return pd.DataFrame(rows, columns=["attack", "overshoot", "key", *ENDS])


def attack_front(sweep: pd.DataFrame, standing: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """PGD that leads by a confidence and keeps away from the hull: a row for each setting.

    Section 8 of Yousefzadeh 2022: `adversarial examples that remain far from the decision boundaries and at the same
    time, maintain a distance from the convex hull of training set`. sweep: the table `attack_sweep`; standing: as from
    `standing`, whose view `original` is the genuine samples. Returns confidence, hull_penalty, n, asked; rate, share on
    which the attack succeeded; unseen, the share of all attacked that succeeded and that no detector flags where each
    flags 5 % of genuine samples, with ends unseen_low and unseen_high; of those that succeeded the medians lead,
    margin, distance, and `margin_percentile`, `distance_percentile`, the shares of genuine samples that are closer;
    genuine_margin, genuine_distance, medians of the genuine samples;
    front: whether no other setting is at least as good in rate, margin and distance, and better in one.
    """
    genuine = standing[standing["view"] == "original"]
    rows = []
    for (confidence, penalty), own in _pgd(sweep).groupby(["confidence", "hull_penalty"]):
        won, hidden = own[own["success"]], share_of(unseen(own), options)
        row = {"confidence": confidence, "hull_penalty": penalty, "n": len(own), "asked": int(own["asked"].max())}
        row |= {"rate": float(own["success"].mean())}
        row |= {"unseen": hidden.value, "unseen_low": hidden.low, "unseen_high": hidden.high}
        row |= {name: float(won[name].median()) for name in ("lead", "margin", "distance")}
        for name in ("margin", "distance"):
            row[f"genuine_{name}"] = float(genuine[name].median())
            row[f"{name}_percentile"] = _closer(genuine[name].to_numpy(float), row[name])
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame.assign(front=efficient(frame[["rate", "margin", "distance"]].to_numpy(float))) if rows else frame


def unseen(rows: pd.DataFrame) -> pd.Series:
    """Which attacks of the table `attack_sweep` succeeded and are flagged by no detector."""
    return rows["success"] & (rows["seen_by"] == "")


def efficient(goals: NDArray) -> NDArray[np.bool_]:
    """(m,) which rows of (m, k) no other dominates: as large everywhere, and larger somewhere. NaN is least."""
    goals = np.where(np.isnan(goals), -np.inf, goals)
    as_good = (goals[:, None] >= goals[None]).all(axis=2)
    better = (goals[:, None] > goals[None]).any(axis=2)
    return np.asarray(~(as_good & better).any(axis=0))


def sweep_summary(
    sweep: pd.DataFrame | None, standing: pd.DataFrame, genuine_margins: NDArray, paths: pd.DataFrame | None,
    options: Resampling,
) -> pd.DataFrame:  # fmt: skip
    """One row per question of QUESTIONS that has an answer: key, quantity, unit, value, ci_low, ci_high, interval, n.

    `front_unseen`: of the setting at which most are. `front_unseen_any`: samples for which some setting gives an image
    that no detector sees; `front_far_any`: for which one gives an image whose margin and hull distance are
    both at least the median of the genuine samples.
    """
    found: dict[str, Estimate] = {}
    if sweep is not None:
        found |= _of_attacks(sweep, standing, genuine_margins, options)
    if paths is not None and len(paths):
        found |= _of_paths(paths, options)
    rows = [
        {"key": key, "quantity": QUESTIONS[key][0], "unit": QUESTIONS[key][1]} | _ends(each)
        for key, each in found.items()
    ]
    return pd.DataFrame(rows, columns=["key", "quantity", "unit", *ENDS])


def _of_attacks(
    sweep: pd.DataFrame, standing: pd.DataFrame, genuine_margins: NDArray, options: Resampling
) -> Mapping[str, Estimate]:
    found = {}
    bisected = sweep[(sweep["attack"] == "bisected") & sweep["success"]]
    if len(bisected):
        found["bisected_below_genuine"] = share_of(bisected["margin"] < np.min(genuine_margins), options)
    grid = _pgd(sweep)
    if len(grid):
        genuine = standing[standing["view"] == "original"]
        grid = grid.assign(unseen=unseen(grid))
        best = max(
            (own["unseen"] for _, own in grid.groupby(["confidence", "hull_penalty"])), key=lambda own: own.mean()
        )
        far = grid["success"] & (grid["margin"] >= genuine["margin"].median())
        far &= grid["distance"] >= genuine["distance"].median()
        found["front_unseen"] = share_of(best, options)
        found["front_unseen_any"] = share_of(grid.groupby("sample")["unseen"].any(), options)
        found["front_far_any"] = share_of(far.groupby(grid["sample"]).any(), options)
    return found


def _of_paths(paths: pd.DataFrame, options: Resampling) -> Mapping[str, Estimate]:
    # ASSUME: pairs are drawn at random, so that they count as independent although a sample may stand in two.
    same = paths["predicted"] == paths["other_predicted"]
    found = {}
    for key, rows in (("paths_same_class", paths[same]), ("paths_other_class", paths[~same])):
        if len(rows):
            found[key] = median_of(rows["length_over_chord"], options)
    found["paths_curved"] = share_of(paths["length_over_chord"] > CURVED, options)
    if same.any():
        found["paths_leave_class"] = share_of(paths.loc[same, "class_changes"] > 0, options)
    return found


def _deepfool(sweep: pd.DataFrame) -> pd.DataFrame:
    return sweep[sweep["attack"].isin(["bisected", "deepfool"])]


def _pgd(sweep: pd.DataFrame) -> pd.DataFrame:
    return sweep[sweep["attack"] == "pgd-first"]


def _closer(genuine: NDArray, value: float) -> float:
    """Share of genuine values below a value; NaN where there is none."""
    genuine = genuine[np.isfinite(genuine)]
    return float((genuine < value).mean()) if len(genuine) and np.isfinite(value) else float("nan")


def _ends(estimate: Estimate) -> dict:
    ends = {"value": estimate.value, "ci_low": estimate.low, "ci_high": estimate.high}
    return ends | {"interval": estimate.interval, "n": estimate.n}
