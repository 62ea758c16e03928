"""Where attacked samples stand: section 7.2, `Detecting adversarial examples`, and appendix B."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from phiscope.errors import DataError
from phiscope.stats.intervals import Estimate, Resampling, median_of, share_of

SUCCESSES = ("success", "success_8bit")

QUESTIONS = {
    "rate": ("share of attacks that succeed", "share"),
    "closer_to_boundary": ("share closer to the boundary than to the hull", "share"),
    "below_genuine": ("share with a margin below every genuine sample's", "share"),
    "towards_hull": ("share that moved towards the hull", "share"),
    "median_hull_change": ("median change of the distance to the hull", "distance"),
    "median_margin": ("median margin", "distance"),
    "median_distance": ("median distance to the hull", "distance"),
}
# What is asked of the samples of one group.
MOVES = {
    "towards_hull": QUESTIONS["towards_hull"],
    "away_from_hull": ("share that moved away from the hull", "share"),
    "median_hull_change": QUESTIONS["median_hull_change"],
    "norm_shrinks": ("share whose feature norm shrank", "share"),
}
# Groups of attacked samples, in words: by the norm of the features before the attack, and by what it did to that norm.
GROUPS = {
    "all": "all",
    "low": "lowest third of feature norms",
    "middle": "middle third of feature norms",
    "high": "highest third of feature norms",
    "shrinks": "feature norm shrank",
    "grows": "feature norm grew",
}
NORM_THIRDS = ("low", "middle", "high")

Answer = tuple[str, str, str, pd.Series]  # view, counting, key, the values of each sample that counts
_HULL = ["distance", "distance_lower", "distance_noise"]


def attack_summary(
    standing: pd.DataFrame,
    attacks: pd.DataFrame,
    genuine_margins: pd.Series,
    options: Resampling,
    rounded: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What attacks do to samples in feature space: one row per view, counting and question.

    standing: as from `standing`, with `original` and the attacked views; attacks, rounded: the tables of those names;
    genuine_margins: of all training and test samples that were not attacked. Returns view, counted, key, quantity,
    unit, value, ci_low, ci_high, interval, n. `rate` is of all attacked samples, the rest of those on which the attack
    succeeded: on the float image (counted `success`), or also after rounding to 8 bits (`success_8bit`). Distances
    are those of the image that is counted: as floats, or rounded, from the table `rounded`; without that table there
    are none of rounded images. A sample moved towards the hull if it is closer to it than before by more than
    rounding in float32 and the projections' tolerance may account for. Questions about no sample have no row.
    """
    rows = [
        row for view, own in attacks.groupby("view") for row in _of_view(view, own, standing, rounded, genuine_margins)
    ]
    columns = ["view", "counted", "key", "quantity", "unit", "value", "ci_low", "ci_high", "interval", "n"]
    return pd.DataFrame([_record(*row, options) for row in rows], columns=columns)


def _of_view(
    view: str, attacks: pd.DataFrame, standing: pd.DataFrame, rounded: pd.DataFrame | None, genuine_margins: pd.Series
) -> Iterator[Answer]:
    """view, counting, key and the values of each sample that counts."""
    closest = float(np.min(genuine_margins))
    stand = {"success": standing[standing["view"] == view]}
    if rounded is not None:
        own = rounded[rounded["view"] == view].rename(columns={"noise": "distance_noise"})
        stand["success_8bit"] = own.dropna(subset="distance")
    for counted in SUCCESSES:
        yield view, counted, "rate", attacks[counted]
        if counted not in stand:
            continue
        rows = _beside_genuine(view, attacks, stand[counted], standing)
        rows = rows[rows[counted]]
        if len(rows):
            yield view, counted, "closer_to_boundary", rows["margin"] < rows["distance"]
            yield view, counted, "below_genuine", rows["margin"] < closest
            yield view, counted, "towards_hull", towards(rows)
            yield view, counted, "median_hull_change", rows["distance"] - rows["distance_before"]
            yield view, counted, "median_margin", rows["margin"]
            yield view, counted, "median_distance", rows["distance"]


def attack_moves(
    standing: pd.DataFrame, norms: pd.DataFrame, attacks: pd.DataFrame, options: Resampling
) -> pd.DataFrame:
    """Whether attacks move samples towards the hull, by the norm of their features: a row per view, group and question.

    Contribution 4 of Yousefzadeh 2022: `adversarial methods such as DeepFool and PGD attacks move images towards the
    convex hull of training set in the feature space`. standing, attacks: as for `attack_summary`; norms: view, sample,
    norm ‖φ(x)‖ of `original` and the attacked views. Samples on which the attack succeeded, as floats. Groups as in
    GROUPS: thirds of ‖φ‖ before the attack, and whether it shrank. Returns view, group, key, quantity, unit, norm_low,
    norm_high (the norms before, of the group), value, ci_low, ci_high, interval, n. Towards and away are proven: what
    rounding and the projections' tolerance leave open is neither. Groups without a sample have no row.
    """
    rows = []
    for view, own in attacks.groupby("view"):
        both = _beside_genuine(view, own, standing[standing["view"] == view], standing)
        both = both[both["success"]]
        for name, suffix in ((view, ""), ("original", "_before")):
            beside = norms.loc[norms["view"] == name, ["sample", "norm"]].rename(columns={"norm": f"norm{suffix}"})
            both = both.merge(beside, on="sample", validate="one_to_one")
        for group, members in _groups(both).items():
            rows += [_move(view, group, key, values, members, options) for key, values in _moves(members).items()]
    ends = ["value", "ci_low", "ci_high", "interval", "n"]
    return pd.DataFrame(rows, columns=["view", "group", "key", "quantity", "unit", "norm_low", "norm_high", *ends])


def _groups(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows of each group that has some; thirds by rank, so that equal norms do not make them unequal."""
    third = 3 * rows["norm_before"].rank(method="first").sub(1) // max(len(rows), 1)
    shrinks = rows["norm"] < rows["norm_before"]
    members = {"all": rows} | {name: rows[third == place] for place, name in enumerate(NORM_THIRDS)}
    members |= {"shrinks": rows[shrinks], "grows": rows[~shrinks]}
    return {name: group for name, group in members.items() if len(group)}


def _moves(rows: pd.DataFrame) -> dict[str, pd.Series]:
    return {
        "towards_hull": towards(rows),
        "away_from_hull": away(rows),
        "median_hull_change": rows["distance"] - rows["distance_before"],
        "norm_shrinks": rows["norm"] < rows["norm_before"],
    }


def towards(rows: pd.DataFrame) -> pd.Series:
    """Which samples are proven closer to the hull than before; rows: distance, distance_lower and distance_noise, now
    and with the ending `_before`."""
    return rows["distance"] + rows["distance_noise"] < rows["distance_lower_before"] - rows["distance_noise_before"]


def away(rows: pd.DataFrame) -> pd.Series:
    """Which samples are proven farther from the hull than before."""
    return rows["distance_lower"] - rows["distance_noise"] > rows["distance_before"] + rows["distance_noise_before"]


def _beside_genuine(view: str, attacks: pd.DataFrame, now: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """The attacked samples with their distances, now and before; those without a hull distance are left out."""
    before = standing.loc[standing["view"] == "original", ["sample", *_HULL]]
    pairs = now[["sample", "margin", *_HULL]].merge(
        before, on="sample", suffixes=("", "_before"), validate="one_to_one"
    )
    unknown = ~pairs["sample"].isin(attacks["sample"])
    if unknown.any():
        raise DataError(
            f"attacks: view {view}: sample {pairs['sample'][unknown].iloc[0]} has no row; expected one each"
        )
    return pairs.merge(attacks[["sample", *SUCCESSES]], on="sample", validate="one_to_one")


def _move(view: str, group: str, key: str, values: pd.Series, rows: pd.DataFrame, options: Resampling) -> dict:
    quantity, unit = MOVES[key]
    about = {"view": view, "group": group, "key": key, "quantity": f"{quantity}: {GROUPS[group]}", "unit": unit}
    norms = {"norm_low": rows["norm_before"].min(), "norm_high": rows["norm_before"].max()}
    return about | norms | _estimated(unit, values, options)


def _record(view: str, counted: str, key: str, values: pd.Series, options: Resampling) -> dict:
    quantity, unit = QUESTIONS[key]
    about = {"view": view, "counted": counted, "key": key, "quantity": quantity, "unit": unit}
    return about | _estimated(unit, values, options)


def _estimated(unit: str, values: pd.Series, options: Resampling) -> dict:
    estimate: Estimate = (share_of if unit == "share" else median_of)(values, options)
    ends = {"value": estimate.value, "ci_low": estimate.low, "ci_high": estimate.high, "interval": estimate.interval}
    return ends | {"n": estimate.n}
