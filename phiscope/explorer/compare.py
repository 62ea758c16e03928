"""Two runs side by side: the same images as two classifiers see them.

Distances of two networks are not compared: their feature spaces have no common unit. Ranks are, among the samples that
both runs have.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.errors import DataError
from phiscope.explorer.columns import Column
from phiscope.explorer.matching import ComparedRun, matched
from phiscope.explorer.page import ExplorerPage
from phiscope.explorer.pictures import of_prepared
from phiscope.explorer.questions import Question

FIRST, SECOND = "A", "B"
MOST = 50  # samples of a question about changes
CHANGES = (
    *("both right", "A right, B wrong", "A wrong, B right", "both wrong, same answer", "both wrong, other answer"),
    *("same answer", "other answer"),
)
_RANK = "rank, % of samples"
NOTE = (
    "Distances of two networks do not compare: their feature spaces have no common unit. Ranks do, among the {count:,} "
    "samples that both runs have (of {first:,} in A, {name_a}, and {second:,} in B, {name_b}), matched by {by}."
)


def compare(first: ComparedRun, second: ComparedRun) -> ExplorerPage:
    """The page of two runs. Raises DataError where they have no image in common."""
    pairs, by = matched(first, second)
    if not len(pairs):
        raise DataError(
            f"{first.name} and {second.name} have no test sample in common: no two images are equal pixel for pixel; "
            "expected two runs on the same images"
        )
    a, b = (run.rows.iloc[pairs[:, place]].reset_index(drop=True) for place, run in enumerate((first, second)))
    columns = _columns(first, second, a, b)
    note = NOTE.format(
        count=len(pairs), first=len(first.rows), second=len(second.rows), name_a=first.name, name_b=second.name, by=by
    )
    drawn = of_prepared(first.images, a["sample"].to_numpy(), None) if first.images.holds_images else None
    return ExplorerPage(
        title=f"{first.name} (A) and {second.name} (B)",
        classes=first.images.classes,
        columns=columns,
        questions=_questions(columns),
        axes=("A_margin_rank", "B_margin_rank"),
        pictures={"original": drawn} if drawn else {},
        views={"original": "the images as they are"},
        origins={"original": "original"},
        note=note,
        colour="change",
        cells=("A_predicted", "B_predicted"),
        outcomes=(("accuracy of A", "A_outcome"), ("accuracy of B", "B_outcome")),
        medians=(),
        report="",
    )


def _columns(first: ComparedRun, second: ComparedRun, a: pd.DataFrame, b: pd.DataFrame) -> list[Column]:
    view = np.zeros(len(a), int)
    label = a["label"].to_numpy(int)
    classes, others = first.images.classes, second.images.classes
    names = [[*map(own.__getitem__, rows["predicted"])] for own, rows in ((classes, a), (others, b))]
    same = np.array([one == other for one, other in zip(*names)])
    known = (label >= 0) & (b["label"].to_numpy(int) >= 0)
    right = [_right(rows, own) for rows, own in ((a, classes), (b, others))]
    answers = [
        Column("sample", "sample of A", "integer", a["sample"].to_numpy(int), "sample", shown=True),
        Column("B_sample", "sample of B", "integer", b["sample"].to_numpy(int), "sample"),
        Column("view", "view", "category", view, "sample", categories=("original",)),
        Column("file", "file", "text", [x if isinstance(x, str) else None for x in a["file"]], "sample", shown=True),
        Column("label", "label", "category", label, "sample", "", "as A has it", classes, "no label", True),
        Column("outcome", "answers", "category", np.where(same, 0, 1), "answer", "",
               "whether A and B give the same class", ("same", "other")),
        Column("change", "change", "category", _change(known, same, *right), "answer", "",
               "what becomes of the answer from A to B", CHANGES),
        Column("A_predicted", "prediction of A", "category", a["predicted"].to_numpy(int), "answer", categories=classes,
               shown=True),
        Column("B_predicted", "prediction of B", "category", b["predicted"].to_numpy(int), "answer", categories=others,
               shown=True),
        *(
            Column(f"{run}_outcome", f"outcome of {run}", "category", np.where(rows["label"] < 0, -1, 1 - own),
                   "answer", categories=("right", "wrong"), missing="no label")
            for run, rows, own in ((FIRST, a, right[0]), (SECOND, b, right[1]))
        ),
    ]  # fmt: skip
    for name, title in (("margin", "margin"), ("hull_distance", "hull distance"), ("confidence", "confidence")):
        answers += _both(name, title, a[name].to_numpy(float), b[name].to_numpy(float))
    has_file = any(x is not None for x in answers[3].values)
    return [each for each in answers if each.name != "file" or has_file]


def _right(rows: pd.DataFrame, classes: Sequence[str]) -> NDArray[np.int64]:
    return (rows["label"].to_numpy(int) == rows["predicted"].to_numpy(int)).astype(int)


def _change(known: NDArray, same: NDArray, right_a: NDArray, right_b: NDArray) -> NDArray[np.int64]:
    """known: whether both runs have a label."""
    choices = [
        (known & (right_a == 1) & (right_b == 1), 0),
        (known & (right_a == 1) & (right_b == 0), 1),
        (known & (right_a == 0) & (right_b == 1), 2),
        (known & same, 3),
        (known & ~same, 4),
        (same, 5),
    ]
    return np.select([where for where, _ in choices], [code for _, code in choices], default=6)


def _both(name: str, title: str, a: NDArray[np.float64], b: NDArray[np.float64]) -> list[Column]:
    """A quantity in both runs, its ranks, and how the rank changes; nothing where one run has no value."""
    if not (np.isfinite(a).any() and np.isfinite(b).any()):
        return []
    unit = "share" if name == "confidence" else "distance in the feature space of {}"
    ranks = [ranked(a), ranked(b)]
    said = f"rank of B less that of A by {title}, in percent of the samples"
    return [
        *(
            Column(f"{run}_{name}", f"{title} of {run}", "number", values, title, unit.format(run))
            for run, values in ((FIRST, a), (SECOND, b))
        ),
        *(
            Column(f"{run}_{name}_rank", f"rank of {title} in {run}", "number", rank, title, _RANK,
                   "percent of the samples with a smaller value, ties half")
            for run, rank in zip((FIRST, SECOND), ranks)
        ),
        Column(f"{name}_rank_change", f"change of rank of {title}", "number", ranks[1] - ranks[0], title,
               "points", said, shown=name != "confidence"),
    ]  # fmt: skip


def ranked(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Percent of the finite values that are smaller, ties half; NaN where there is no value."""
    known = np.sort(values[np.isfinite(values)])
    below, upto = (np.searchsorted(known, values, side=side) for side in ("left", "right"))
    return np.where(np.isfinite(values), 50 * (below + upto) / max(len(known), 1), np.nan)


def _questions(columns: Sequence[Column]) -> list[Question]:
    by_name = {column.name: column for column in columns}
    none = np.zeros(len(by_name["sample"].values))

    def moved(name: str) -> NDArray[np.float64]:
        """How far the rank of a quantity moves, 0 where it is not known."""
        change = by_name.get(f"{name}_rank_change")
        return none if change is None else np.nan_to_num(np.abs(change.values))

    change, flips = np.asarray(by_name["change"].values), np.asarray(by_name["outcome"].values) == 1
    margin, hull = moved("margin"), moved("hull_distance")
    of_margin = f"The {MOST} largest changes of the rank of the margin."
    of_hull = f"The {MOST} largest changes of the rank of the hull distance."
    asked = [
        ("flips", "Other answer", "A and B give another class.", "another answer in B", flips, margin),
        ("lost", "A right, B wrong", "B loses what A has right.", "right in A, wrong in B", change == 1, margin),
        ("gained", "A wrong, B right", "B has right what A has not.", "wrong in A, right in B", change == 2, margin),
        ("margin", "Margin’s rank moves most", of_margin, "the rank of its margin moves far", margin > 0, margin),
        ("hull", "Hull distance’s rank moves most", of_hull, "the rank of its hull distance moves far", hull > 0, hull),
    ]
    return [
        Question(key, title, said, why, _largest(chosen, by)[: MOST if key in ("margin", "hull") else None])
        for key, title, said, why, chosen, by in asked
        if "rank" not in title or chosen.any()
    ]


def _largest(chosen: NDArray[np.bool_], by: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places where `chosen`, the largest `by` first."""
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(-by[rows], kind="stable")]
