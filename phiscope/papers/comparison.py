"""What Yousefzadeh 2022, here the text, states, beside what this run measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from phiscope.papers.decision_boundaries import STATED
from phiscope.papers.verdicts import judge
from phiscope.stats.attacks import NORM_THIRDS
from phiscope.stats.intervals import (
    Estimate,
    Resampling,
    counted_share,
    mean_of,
    median_of,
    paired_change,
    pooled_share,
    share_of,
    without_interval,
)

Estimates = Iterator[tuple[str, Estimate]]  # key of STATED, what this run measured

_BALLS = "samples like those of this run, classifier and the samples counted inside fixed"


def paper_comparison(
    standing: pd.DataFrame,
    hulls: pd.DataFrame,
    support: pd.DataFrame,
    accuracy: pd.DataFrame,
    balls: pd.DataFrame,
    lipschitz: pd.DataFrame,
    agreement: pd.DataFrame | None = None,
    attacks: pd.DataFrame | None = None,
    inversions: pd.DataFrame | None = None,
    moves: pd.DataFrame | None = None,
    sweeps: pd.DataFrame | None = None,
    margins: pd.DataFrame | None = None,
    *,
    named: Mapping[str, str] = MappingProxyType({}),
    dataset_is_papers: bool,
    options: Resampling,
) -> pd.DataFrame:
    """One row per quantity of the text, and of our own questions, for the view `original`.

    Frames as from the functions of this package; `hulls` and `balls` are the tables; lipschitz: one row with constant
    and largest_ratio; attacks, moves: as from `attack_summary` and `attack_moves`; named: the views that stand beside
    the attacks of ATTACKS, by their keys; inversions: rows as from `inversion_summary`, `order_of_distances` and
    `sample_summary`; sweeps: as from `sweep_summary`; margins: the table, or its rows of the first test sample.
    What the run did not measure has no row. Numbers of the paper stand beside ours only where the data set is the
    paper's (dataset_is_papers); so do the samples it names. Shares are in [0, 1]. Columns as in the table
    `paper_comparison`.
    """
    attacked = standing[standing["view"] == named.get("deepfool")]
    standing, hulls, support, accuracy, balls = (
        frame[frame["view"] == "original"] for frame in (standing, hulls, support, accuracy, balls)
    )
    measured = dict([
        *_distances(standing, hulls, options),
        *_accuracies(accuracy, options),
        *_supports(support, options),
        *_balls(balls, options),
        *_lipschitz(lipschitz),
        *(_named_samples(standing, balls) if dataset_is_papers else ()),
        *(_table_1(margins) if dataset_is_papers and margins is not None else ()),
        *(_attacks(attacks, moves, named) if attacks is not None else ()),
        *(_inversions(sweeps, dataset_is_papers) if sweeps is not None else ()),
        *(_attacked_sample(standing, attacked) if dataset_is_papers else ()),
        *(_inversions(inversions, dataset_is_papers) if inversions is not None else ()),
        *(_human(agreement) if agreement is not None else ()),
    ])  # fmt: skip
    return pd.DataFrame([_record(key, measured[key], dataset_is_papers) for key in STATED if key in measured])


def _record(key: str, estimate: Estimate, dataset_is_papers: bool) -> dict:
    stated = STATED[key]
    value = stated.value if dataset_is_papers else None
    verdict, difference = judge(stated.claim, value, estimate)
    return {
        "key": key,
        "quantity": stated.quantity,
        "unit": stated.unit,
        "paper": stated.paper,
        "section": stated.section,
        "paper_value": np.nan if value is None else value,
        "value": estimate.value,
        "ci_low": estimate.low,
        "ci_high": estimate.high,
        "interval": estimate.interval,
        "n": estimate.n,
        "verdict": verdict,
        "difference": difference,
    }


def _distances(standing: pd.DataFrame, hulls: pd.DataFrame, options: Resampling) -> Estimates:
    if len(standing):
        if len(labelled := standing[standing["label"] >= 0]):
            yield "accuracy", share_of(labelled["correct"], options)
        yield "margin_within_noise", share_of(standing["margin"] <= standing["margin_noise"], options)
        yield "median_margin", median_of(standing["margin"], options)
        if standing["distance"].notna().any():
            yield "closer_to_hull", share_of(standing["distance"] < standing["margin"], options)
            yield "median_distance", median_of(standing["distance"], options)
    for space, rows in hulls.groupby("space"):
        yield f"outside_{space}", share_of(rows["position"] == "outside", options)
        yield f"within_noise_{space}", share_of(rows["position"] == "within_noise", options)


def _accuracies(accuracy: pd.DataFrame, options: Resampling) -> Estimates:
    for row in accuracy.itertuples():
        for when, share in (("before", row.accuracy_before), ("after", row.accuracy_after)):
            yield f"accuracy_{when}_{row.space}", counted_share(round(share * row.n), row.n, options)
        yield f"accuracy_change_{row.space}", paired_change(row.gained, row.lost, row.n, options)
        yield f"changed_{row.space}", counted_share(row.changed, row.n, options)


def _supports(support: pd.DataFrame, options: Resampling) -> Estimates:
    for space, rows in support.groupby("space"):
        yield f"same_label_{space}_pooled", pooled_share(rows["same_label"], rows["support_size"], options)
        yield f"same_label_{space}_query", pooled_share(rows["same_share"], None, options)
        yield f"same_label_{space}_weighted", pooled_share(rows["same_weight"], None, options)


def _balls(balls: pd.DataFrame, options: Resampling) -> Estimates:
    counted = replace(options, population=_BALLS)
    inside = balls["train_inside"] + balls["test_inside"]
    for split, own in inside.groupby(balls["split"]):
        yield f"balls_{split}_nonempty", share_of(own > 0, counted)
    if len(balls):
        yield "balls_mean", mean_of(inside, counted)
        yield "balls_most", without_interval(inside.max(), len(inside), "a maximum")
    test = balls[balls["split"] == "test"]
    if len(test) and "train" in set(balls["split"]):
        yield "in_union", share_of(test["in_train_union"], options)
        yield "on_union_surface", share_of(test["on_union_surface"], options)


def _lipschitz(lipschitz: pd.DataFrame) -> Estimates:
    for row in lipschitz.itertuples():
        yield "lipschitz", without_interval(row.constant, 0, "a property of the classifier")
        if not np.isnan(row.largest_ratio):
            yield "largest_ratio", without_interval(row.largest_ratio, row.from_samples, "a maximum")


def _named_samples(standing: pd.DataFrame, balls: pd.DataFrame) -> Estimates:
    """The two samples that Yousefzadeh 2022 looks at, where they are in the run: its first and its #732."""
    test = balls[balls["split"] == "test"]
    named = ((0, standing, "margin"), (0, standing, "distance"), (0, test, "train_inside"), (0, test, "test_inside"),
             (731, standing, "margin"), (731, standing, "distance"))  # fmt: skip
    for sample, frame, column in named:
        for value in frame.loc[frame["sample"] == sample, column]:
            yield f"sample_{sample}_{column}", without_interval(value, 1, "one sample")


def _attacked_sample(standing: pd.DataFrame, attacked: pd.DataFrame) -> Estimates:
    """The sample of Figure 14 before and after DeepFool, where it was attacked."""
    if (attacked["sample"] == 1).any():
        for name, frame in (("1", standing), ("1_deepfool", attacked)):
            for column in ("margin", "distance"):
                for value in frame.loc[frame["sample"] == 1, column]:
                    yield f"sample_{name}_{column}", without_interval(value, 1, "one sample")


def _table_1(margins: pd.DataFrame) -> Estimates:
    """Margins of the first test sample to every class that it is not predicted to be of."""
    own = margins[(margins["view"] == "original") & (margins["split"] == "test") & (margins["sample"] == 0)]
    for row in own.itertuples():
        yield f"sample_0_margin_{row.other_class}", without_interval(row.margin, 1, "one sample")


def _attacks(summary: pd.DataFrame, moves: pd.DataFrame | None, named: Mapping[str, str]) -> Estimates:
    """Of every attack that the paper names and the run has; of the moves those by the norm of the features."""
    for key, view in named.items():
        for row in summary[summary["view"] == view].itertuples():
            yield f"{key}_{row.key}_{row.counted}", _estimate(row)
        if moves is not None:
            thirds = moves[(moves["view"] == view) & moves["group"].isin(NORM_THIRDS)]
            for row in thirds[thirds["key"] == "towards_hull"].itertuples():
                yield f"{key}_towards_hull_{row.group}", _estimate(row)


def _inversions(summary: pd.DataFrame, dataset_is_papers: bool) -> Estimates:
    for row in summary.itertuples():
        if dataset_is_papers or not row.key.startswith("sample_"):
            yield row.key, _estimate(row)


def _estimate(row: Any) -> Estimate:
    return Estimate(row.value, row.ci_low, row.ci_high, row.interval, row.n)


def _human(agreement: pd.DataFrame) -> Estimates:
    for row in agreement.itertuples():
        yield f"human_{row.key}", Estimate(row.correlation, row.ci_low, row.ci_high, row.interval, row.n)
