"""Columns of the explorer: one value for each sample under each view, with names, units and words for people.

Which quantities of which tables become columns stands in `QUANTITIES`; units and descriptions come from the schemas of
the tables. A table that has a row for each sample and view needs one line there. Columns of the user's own data set
come by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.tables.schemas import SCHEMAS
from phiscope.words.detectors import title_of

MOST_CATEGORIES = 1000  # different texts of a column of the user's that can be ticked; of more it is searched
NO_VALUE = -1  # the code of a category, and an integer that is missing


@dataclass(frozen=True)
class Column:
    """kind: `number`, `integer` or `category` (values: codes of `categories`, -1 for none), or `text`.

    name: as exported; title: on axes; group: what it is about; missing: what no category is called; shown: whether the
    list shows it from the start.
    """

    name: str
    title: str
    kind: str
    values: Any
    group: str = ""
    unit: str = ""
    description: str = ""
    categories: Sequence[str] = ()
    missing: str = "none"
    shown: bool = False


class Quantity(NamedTuple):
    """A column of the page: `field` of `table`, whose schema says what it is; missing: the word for no category."""

    name: str
    table: str
    field: str
    title: str
    kind: str = "number"
    group: str = ""
    missing: str = "none"
    shown: bool = False


def _of_hull(space: str, prefix: str, words: str, *, shown: bool = False) -> tuple[Quantity, ...]:
    """space: the frame that holds these rows; words: after `hull distance`."""
    group = f"hull{words}"
    return (
        Quantity(f"{prefix}distance", space, "distance", f"hull distance{words}", group=group, shown=shown),
        Quantity(f"{prefix}distance_lower", space, "distance_lower", f"proven lower bound{words}", group=group),
        Quantity(f"{prefix}distance_noise", space, "noise", f"noise of the hull distance{words}", group=group),
        Quantity(f"{prefix}position", space, "position", f"position{words}", "category", group),
        Quantity(f"{prefix}support_size", space, "support_size", f"support size{words}", "integer", group),
        Quantity(f"{prefix}duality_gap", space, "duality_gap", f"duality gap{words}", group=group),
        Quantity(f"{prefix}status", space, "status", f"solver status{words}", "category", group),
    )


QUANTITIES: tuple[Quantity, ...] = (
    Quantity("margin", "features", "margin", "margin", group="boundary", shown=True),
    Quantity("margin_noise", "features", "margin_noise", "noise of the margin", group="boundary"),
    Quantity("closest_class", "features", "closest_class", "closest other class", "class", "boundary", "none"),
    *_of_hull("hulls:feature", "hull_", "", shown=True),
    Quantity("hull_projected_class", "hulls:feature", "projected_class", "class on the hull", "class", "hull"),
    *_of_hull("hulls:pixel", "pixel_hull_", " in pixels"),
    *_of_hull("processed_hulls", "processed_hull_", ", processed"),
    Quantity("closest_image_distance", "closest_images", "pixel_distance", "closest image", group="closest image"),
    Quantity("closest_image_class", "closest_images", "other_class", "its other class", "class", "closest image"),
    Quantity("closest_image_residual", "closest_images", "kkt_residual", "its KKT residual", group="closest image"),
    Quantity("closest_image_status", "closest_images", "status", "its status", "category", "closest image"),
    Quantity("ball_train_inside", "balls", "train_inside", "training samples in its ball", "integer", "ball"),
    Quantity("ball_test_inside", "balls", "test_inside", "test samples in its ball", "integer", "ball"),
    Quantity("ball_on_surface", "balls", "on_surface", "samples on its ball’s surface", "integer", "ball"),
    Quantity("in_train_union", "balls", "in_train_union", "in some training ball", "flag", "ball"),
    Quantity("attack_success", "attacks", "success", "attack succeeded", "flag", "attack", "no attack"),
    Quantity("attack_success_8bit", "attacks", "success_8bit", "succeeded in 8 bits", "flag", "attack", "no attack"),
    Quantity("attack_before", "attacks", "predicted_before", "class before the attack", "class", "attack", "no attack"),
    Quantity("attack_lead", "attacks", "lead", "lead of the attack", group="attack"),
    Quantity("attack_l2", "attacks", "l2", "L2 of the attack", group="attack"),
    Quantity("attack_linf", "attacks", "linf", "L∞ of the attack", group="attack"),
    Quantity("attack_iterations", "attacks", "iterations", "steps of the attack", "integer", "attack"),
)

# Columns of statistics, which have no schema: name -> (frame, field, title, unit, description, group).
_DERIVED = {
    "same_weight": (
        *("support:feature", "same_weight", "support with its label", "share"),
        *("share of the coefficients on training samples with the sample’s label", "support"),
    ),
    "pixel_same_weight": (
        *("support:pixel", "same_weight", "support with its label in pixels", "share"),
        *("the same of the projection in pixel space", "support"),
    ),
    "own_class_hull_distance": (
        *("hull_standing", "own_distance", "distance to the hull of its class", "distance in feature space"),
        *("distance to the hull of the training samples of the predicted class", "hulls of classes"),
    ),
    "other_class_hull_distance": (
        *("hull_standing", "other_distance", "distance to the nearest hull of another class"),
        *("distance in feature space", "of the classes whose hulls the sample was projected onto", "hulls of classes"),
    ),
    "human_entropy": (
        *(
            "entropy",
            "entropy",
            "doubt of people",
            "nats",
            "entropy of the labels that people gave the image",
            "people",
        ),
    ),
    "duplicate_rms": (
        *("duplicates", "pixel_rms", "difference to its double", "pixels in [0, 1]"),
        *("root-mean-square difference to the training sample that is the same or nearly so", "duplicate"),
    ),
}


@dataclass(frozen=True)
class Frames:
    """Frames with at most one row per (view, sample) and the columns of tables, by name; `features` has all rows.

    scores: detector -> (view, sample) frame with `score`; own: columns of the user's data set, by (view, sample).
    """

    rows: pd.DataFrame
    others: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    scores: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    own: pd.DataFrame | None = None


def columns_of(frames: Frames, classes: Sequence[str]) -> list[Column]:
    """All columns that have a value, in the order in which the page lists them."""
    rows = frames.rows
    found = [*_identity(rows, classes), *_quantities(frames, classes), *_derived(frames), *_scores(frames)]
    found += _own(frames)
    return [column for column in found if column.name in _ALWAYS or _says_something(column)]


_ALWAYS = ("view", "sample", "predicted", "outcome")
OUTCOMES = ("right", "wrong")


def _identity(rows: pd.DataFrame, classes: Sequence[str]) -> list[Column]:
    label, predicted = rows["label"].to_numpy(int), rows["predicted"].to_numpy(int)
    outcome = np.where(label < 0, NO_VALUE, np.where(label == predicted, 0, 1))
    views = list(dict.fromkeys(rows["view"]))
    who, answer = "sample", "answer"
    confidence = rows["confidence"].to_numpy(float)
    return [
        Column("sample", "sample", "integer", rows["sample"].to_numpy(int), who, "", _said("features", "sample"),
               shown=True),
        Column("view", "view", "category", _codes(rows["view"], views), who, "", _said("features", "view"), views),
        Column("file", "file", "text", _texts(rows["file"]), who, "", _said("samples", "file"), shown=True),
        Column("label", "label", "category", label, who, "", _said("features", "label"), classes, "no label", True),
        Column("predicted", "prediction", "category", predicted, answer, "", _said("features", "predicted"), classes,
               shown=True),
        Column("outcome", "outcome", "category", outcome, answer, "", "whether the prediction is the label", OUTCOMES,
               "no label"),
        Column("confidence", "confidence", "number", confidence, answer, "share", "largest softmax of the logits"),
    ]  # fmt: skip


def _quantities(frames: Frames, classes: Sequence[str]) -> list[Column]:
    columns = []
    for quantity in QUANTITIES:
        values = _values(frames, quantity.table, quantity.field)
        if values is None:
            continue
        table = quantity.table.partition(":")[0]
        about = (quantity.group, _unit(table, quantity), _said(table, quantity.field))
        columns.append(_column(quantity, values, about, classes))
        if quantity.name == "hull_distance":
            columns.append(_ambiguity(frames.rows["margin"].to_numpy(float) - values.to_numpy(float)))
    return columns


def _ambiguity(values: NDArray[np.float64]) -> Column:
    said = "margin minus hull distance, equation (26): small or negative for ambiguous samples"
    return Column("ambiguity", "margin − hull distance", "number", values, "hull", "distance in feature space", said)


def _column(quantity: Quantity, values: pd.Series, about: tuple[str, str, str], classes: Sequence[str]) -> Column:
    kind, categories = quantity.kind, tuple[str, ...]()
    given: Any
    if kind == "number":
        given = values.to_numpy(float)
    elif kind in ("integer", "class"):
        given = values.fillna(NO_VALUE).to_numpy(int)
        kind, categories = ("category", tuple(classes)) if kind == "class" else (kind, ())
    elif kind == "flag":
        given = values.map({True: 1, False: 0}).fillna(NO_VALUE).to_numpy(int)
        kind, categories = "category", ("no", "yes")
    else:
        categories = tuple(sorted(set(values.dropna())))
        given = _codes(values, categories)
    return Column(quantity.name, quantity.title, kind, given, *about, categories, quantity.missing, quantity.shown)


def _derived(frames: Frames) -> list[Column]:
    columns = []
    for name, (frame, source, title, unit, said, group) in _DERIVED.items():
        values = _values(frames, frame, source)
        if values is not None:
            columns.append(Column(name, title, "number", values.to_numpy(float), group, unit, said))
    double = _values(frames, "duplicates", "train_sample")
    if double is not None:
        kinds = _values(frames, "duplicates", "kind")
        names = ("exact", "near", "apart")
        said = "how alike its pixels and those of its double in the training set are"
        columns.append(
            Column("duplicate", "double in training", "category", _codes(kinds, names), "duplicate", "", said, names)
        )
        said = "number of the training sample that is the same, or nearly so"
        numbers = double.fillna(NO_VALUE).to_numpy(int)
        columns.append(Column("duplicate_of", "its double", "integer", numbers, "duplicate", "", said))
    return columns


def _scores(frames: Frames) -> list[Column]:
    """A column for each detector, and the highest share of genuine samples that any of them finds less suspicious."""
    columns, highest = [], np.full(len(frames.rows), np.nan)
    for detector, frame in frames.scores.items():
        values = _looked_up(frames.rows, frame, "score").to_numpy(float)
        said = "larger is more suspicious"
        columns.append(Column(f"score_{detector}", title_of(detector), "number", values, "detectors", "", said))
        highest = np.fmax(highest, percentiles(values, frames.rows))
    if columns:
        said = "the highest, over all detectors, of the shares of genuine samples that look less suspicious"
        title = "highest percentile of detectors"
        columns.append(Column("highest_percentile", title, "number", highest, "detectors", "%", said))
    return columns


def percentiles(scores: NDArray[np.float64], rows: pd.DataFrame) -> NDArray[np.float64]:
    """(n,) percent of the samples as they are whose score is below each one's, ties half; NaN without a score."""
    genuine = np.sort(scores[(rows["view"] == "original").to_numpy() & ~np.isnan(scores)])
    if not len(genuine):
        return np.full(len(scores), np.nan)
    below, upto = (np.searchsorted(genuine, scores, side=side) for side in ("left", "right"))
    return np.where(np.isnan(scores), np.nan, 50 * (below + upto) / len(genuine))


def _own(frames: Frames) -> list[Column]:
    """What the user's data set says of its samples."""
    if frames.own is None:
        return []
    said = "column of the data set, as its source has it"
    columns = []
    for name in frames.own.columns:
        values = frames.own[name]
        kind, given, categories = _guessed(values)
        columns.append(Column(f"data_{name}", str(name), kind, given, "data set", "", said, categories))
    return columns


def _guessed(values: pd.Series) -> tuple[str, Any, Sequence[str]]:
    """Kind, values and categories of a column that no schema knows."""
    if pd.api.types.is_bool_dtype(values):
        return "category", values.to_numpy(int), ("no", "yes")
    if pd.api.types.is_numeric_dtype(values):
        return "number", values.to_numpy(float), ()
    texts = [None if value is None or value is pd.NA or value != value else str(value) for value in values]
    different = sorted({text for text in texts if text is not None})
    if len(different) > min(MOST_CATEGORIES, max(20, len(texts) / 2)):
        return "text", texts, ()
    return "category", _codes(pd.Series(texts, dtype=object), different), different


def _values(frames: Frames, frame: str, source: str) -> pd.Series | None:
    """A column of one of the frames for every row, None where there is no such frame or column."""
    if frame == "features":
        return frames.rows[source]
    table = frames.others.get(frame)
    if table is None or source not in table or table.empty:
        return None
    return _looked_up(frames.rows, table, source)


def _looked_up(rows: pd.DataFrame, table: pd.DataFrame, source: str) -> pd.Series:
    keys = ["view", "sample"]
    joined = rows[keys].merge(table[[*keys, source]], on=keys, how="left", validate="one_to_one")
    return joined[source]


def _codes(values: pd.Series | None, categories: Sequence[str]) -> NDArray[np.int64]:
    places = {name: code for code, name in enumerate(categories)}
    return np.array([places.get(value, NO_VALUE) for value in (() if values is None else values)], int)


def _texts(values: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in values]


def _says_something(column: Column) -> bool:
    """Whether any sample has a value."""
    if column.kind == "text":
        return any(value is not None for value in column.values)
    return bool(np.isfinite(column.values).any() if column.kind == "number" else (column.values != NO_VALUE).any())


def _about(table: str, source: str) -> dict[str, str]:
    schema = SCHEMAS.get(table)
    if schema is None or source not in schema.names:
        return {}
    return {key.decode(): value.decode() for key, value in (schema.field(source).metadata or {}).items()}


def _said(table: str, source: str) -> str:
    return _about(table, source).get("description", "").replace("`", "")


def _unit(table: str, quantity: Quantity) -> str:
    """As the schema has it; where that leaves the space open, the space."""
    unit = _about(table, quantity.field).get("unit", "")
    if unit in ("distance in the space", "distance", "squared"):
        space = "pixel" if quantity.table.endswith("pixel") else "feature"
        return f"distance in {space} space" + (", squared" if unit == "squared" else "")
    return unit
