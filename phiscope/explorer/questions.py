"""Questions that the page answers by one click: which samples, in which order, and why each is listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phiscope.explorer.columns import Column

MOST = 50  # samples of a question; errors, attacks and duplicates are listed all
SURE = 0.99  # softmax from where on an answer counts as confident
OWN_CLASS = 0.5  # a label is suspicious where less than this weight of the support has it
UNSEEN = 95.0  # percent of genuine samples: a detector that raises an alarm for 5 % of these is silent below


@dataclass(frozen=True)
class Question:
    """rows: places of the samples, the most telling first; why: of a sample that is listed, a clause; said: what is
    asked, in a sentence; axes: columns to draw; whys: a sentence for each of the rows, where there are some."""

    key: str
    title: str
    said: str
    why: str
    rows: NDArray[np.int64]
    axes: tuple[str, str] | None = None
    whys: tuple[str, ...] = ()


def questions_of(columns: Sequence[Column]) -> list[Question]:
    """Those that the run's columns can answer; some have no sample for an answer."""
    by_name = {column.name: column for column in columns}
    asked = (_errors, _ambiguous, _far_outside, _suspects, _unseen, _doubles)
    return [question for ask in asked if (question := ask(by_name))]


Columns = Mapping[str, Column]


def _values(columns: Columns, name: str) -> NDArray[np.float64]:
    """Numbers, NaN where there is none; of categories the codes."""
    values = np.asarray(columns[name].values, float)
    return values if columns[name].kind == "number" else np.where(values < 0, np.nan, values)


def _has(columns: Columns, *names: str) -> bool:
    return all(name in columns for name in names)


def _is_original(columns: Columns) -> NDArray[np.bool_]:
    view = columns["view"]
    return np.asarray(view.values) == list(view.categories).index("original")


def _ordered(chosen: NDArray[np.bool_], by: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places where `chosen`, the smallest `by` first, no value last."""
    places = np.flatnonzero(chosen)
    return places[np.argsort(by[places], kind="stable")]


def _axes(columns: Columns) -> tuple[str, str] | None:
    return ("hull_distance", "margin") if _has(columns, "hull_distance") else None


def _errors(columns: Columns) -> Question | None:
    outcome = _values(columns, "outcome")
    if np.isnan(outcome).all():
        return None
    rows = _ordered(_is_original(columns) & (outcome == 1), -_values(columns, "confidence"))
    said = "The prediction is not the label; the most confident first."
    return Question("errors", "Errors", said, "an error", rows, _axes(columns))


def _ambiguous(columns: Columns) -> Question:
    by = "ambiguity" if "ambiguity" in columns else "margin"
    value = _values(columns, by)
    rows = _ordered(_is_original(columns) & np.isfinite(value), value)[:MOST]
    told = "margin minus hull distance" if by == "ambiguity" else "margin"
    said = f"The {len(rows)} samples with the smallest {told}."
    title = f"{MOST} most ambiguous"
    return Question("ambiguous", title, said, f"among the {len(rows)} most ambiguous", rows, _axes(columns))


def _far_outside(columns: Columns) -> Question | None:
    if "hull_distance" not in columns:
        return None
    distance, original = _values(columns, "hull_distance"), _is_original(columns)
    known = distance[original & np.isfinite(distance)]
    far = distance > (np.median(known) if len(known) else np.inf)
    rows = _ordered(original & far & (_values(columns, "confidence") >= SURE), -distance)[:MOST]
    said = f"Of answers with a confidence of {100 * SURE:.0f} % or more, the {len(rows)} furthest from the hull."
    why = "confident, but far outside the training set"
    return Question("outside", "Confident but far outside", said, why, rows, ("hull_distance", "confidence"))


def _suspects(columns: Columns) -> Question | None:
    if not _has(columns, "same_weight", "hull_distance"):
        return None
    share, distance = _values(columns, "same_weight"), _values(columns, "hull_distance")
    known = "hull_distance_noise" in columns
    outside = distance > (_values(columns, "hull_distance_noise") if known else 0.0)
    rows = _ordered(_is_original(columns) & outside & (share < OWN_CLASS), share)[:MOST]  # inside, a mixture is any
    said = (
        "The closest point of the hull rests, by more than half of its weight, on training samples with another label: "
        "the label may be wrong."
    )
    return Question(
        "suspects", "Support of another class", said, "its support has another label", rows, ("same_weight", "margin")
    )


def _unseen(columns: Columns) -> Question | None:
    if not _has(columns, "attack_success", "highest_percentile"):
        return None
    highest = _values(columns, "highest_percentile")
    rows = _ordered((_values(columns, "attack_success") == 1) & (highest < UNSEEN), highest)
    said = (
        "Attacks that changed the class while every detector finds them less suspicious than the most suspicious "
        f"{100 - UNSEEN:.0f} % of genuine samples."
    )
    why = "an attack that no detector sees"
    return Question("unseen", "Attacks that no detector sees", said, why, rows, ("highest_percentile", "margin"))


def _doubles(columns: Columns) -> Question | None:
    if "duplicate_of" not in columns:
        return None
    rows = _ordered(
        _is_original(columns) & (np.asarray(columns["duplicate_of"].values) >= 0), _values(columns, "duplicate_rms")
    )
    said = "Test samples whose pixels or features are those of a training sample, or nearly so."
    return Question("duplicates", "Duplicates between the splits", said, "has a double in the training set", rows)
