"""Training samples, of a run that has these alone: how many the classifier gets wrong, and which labels to doubt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.words.labels import named

TITLE = "Where do the training samples stand?"
NUMBERS = ()
NEEDS = ("test_images",)  # which know the classes
OPTIONAL = ("training_standing",)

_SHOWN = 20  # labels to doubt
# ASSUME: a label is to be doubted where the classifier gives another class, the more so the further the sample is from
# that class's boundary; for who has no test set this is what margins of training samples are most asked for.


class Suspect(NamedTuple):
    """A training sample that the classifier gives another class than its label, and how far it is inside that class."""

    sample: int
    label: str
    predicted: str
    margin: float


class TrainingStanding(NamedTuple):
    """How many samples there are, how many have a label, how many of these the classifier gives it (right) or another
    (wrong); median margin; suspects: wrong ones, those first that are furthest inside another class."""

    total: int
    labelled: int
    right: int
    median: float
    suspects: list[Suspect]
    wrong: int

    @classmethod
    def of(cls, standing: pd.DataFrame, classes: Sequence[str]) -> TrainingStanding:
        labelled = standing[standing["label"] >= 0]
        wrong = labelled[~labelled["correct"]].sort_values(["margin", "sample"], ascending=[False, True])
        return cls(
            len(standing),
            len(labelled),
            int(labelled["correct"].sum()),
            float(standing["margin"].median()),
            [_suspect(row, classes) for row in wrong.head(_SHOWN).to_dict("records")],
            len(wrong),
        )


def _suspect(row: dict[str, Any], classes: Sequence[str]) -> Suspect:
    return Suspect(
        int(row["sample"]), named(row["label"], classes), classes[int(row["predicted"])], float(row["margin"])
    )


def data(run: Run) -> TrainingStanding | None:
    standing = run["training_standing"]
    return None if standing is None else TrainingStanding.of(standing, run.classes)
