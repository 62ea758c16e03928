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

Answer = tuple[str, str, str, pd.Series]  # view, counting, key, the values of each sample that counts


def attack_summary(
    standing: pd.DataFrame, attacks: pd.DataFrame, genuine_margins: pd.Series, options: Resampling
) -> pd.DataFrame:
    """What attacks do to samples in feature space: one row per view, counting and question.

    standing: as from `standing`, with `original` and the attacked views; attacks: the table of that name;
    genuine_margins: of all training and test samples that were not attacked. Returns view, counted, key, quantity,
    unit, value, ci_low, ci_high, interval, n. `rate` is of all attacked samples, the rest of those on which the attack
    succeeded: on the float image (counted `success`), or also after rounding to 8 bits (`success_8bit`). Distances
    are of the float image in both. A sample moved towards the hull if it is closer to it than before. Questions about
    no sample have no row.
    """
    rows = [row for view, own in attacks.groupby("view") for row in _of_view(view, own, standing, genuine_margins)]
    columns = ["view", "counted", "key", "quantity", "unit", "value", "ci_low", "ci_high", "interval", "n"]
    return pd.DataFrame([_record(*row, options) for row in rows], columns=columns)


def _of_view(view: str, attacks: pd.DataFrame, standing: pd.DataFrame, genuine_margins: pd.Series) -> Iterator[Answer]:
    """view, counting, key and the values of each sample that counts."""
    attacked = _beside_genuine(view, attacks, standing)
    closest = float(np.min(genuine_margins))
    for counted in SUCCESSES:
        yield view, counted, "rate", attacks[counted]
        rows = attacked[attacked[counted]]
        if len(rows):
            change = rows["distance"] - rows["distance_before"]
            yield view, counted, "closer_to_boundary", rows["margin"] < rows["distance"]
            yield view, counted, "below_genuine", rows["margin"] < closest
            yield view, counted, "towards_hull", change < 0
            yield view, counted, "median_hull_change", change
            yield view, counted, "median_margin", rows["margin"]
            yield view, counted, "median_distance", rows["distance"]


def _beside_genuine(view: str, attacks: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """The attacked samples with their distances, now and before; those without a hull distance are left out."""
    now = standing.loc[standing["view"] == view, ["sample", "margin", "distance"]]
    before = standing.loc[standing["view"] == "original", ["sample", "distance"]]
    pairs = now.merge(before, on="sample", suffixes=("", "_before"), validate="one_to_one")
    unknown = ~pairs["sample"].isin(attacks["sample"])
    if unknown.any():
        raise DataError(
            f"attacks: view {view}: sample {pairs['sample'][unknown].iloc[0]} has no row; expected one each"
        )
    return pairs.merge(attacks[["sample", *SUCCESSES]], on="sample", validate="one_to_one")


def _record(view: str, counted: str, key: str, values: pd.Series, options: Resampling) -> dict:
    quantity, unit = QUESTIONS[key]
    estimate: Estimate = (share_of if unit == "share" else median_of)(values, options)
    ends = {"value": estimate.value, "ci_low": estimate.low, "ci_high": estimate.high, "interval": estimate.interval}
    return {"view": view, "counted": counted, "key": key, "quantity": quantity, "unit": unit} | ends | {"n": estimate.n}
