"""What the run itself lists: samples worth a look, with a sentence each, and what another solver contradicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from phiscope.explorer.frames import places_of
from phiscope.explorer.questions import Question

# Reason in the statistic `inspect` -> the question that it answers: page and report list the same samples.
_ASKED = {
    "error": "errors",
    "ambiguous": "ambiguous",
    "far_outside": "outside",
    "label_suspect": "suspects",
    "duplicate": "duplicates",
}
_CONTRADICTED = ("disagrees", "ours_failed")


def as_listed(questions: Sequence[Question], rows: pd.DataFrame, inspect: pd.DataFrame | None) -> list[Question]:
    """The questions with the answers of the statistic `inspect`, where the run has it: its order, its sentences."""
    if inspect is None:
        return list(questions)
    reason_of = {question: reason for reason, question in _ASKED.items()}
    answered = []
    for question in questions:
        if question.key not in reason_of:
            answered.append(question)
            continue
        own = inspect[inspect["reason"] == reason_of[question.key]].sort_values("rank").assign(view="original")
        places = places_of(rows, own)
        own = own[places >= 0]
        answered.append(replace(question, rows=places[places >= 0].astype(np.int64), whys=tuple(own["why"])))
    return answered


def contradicted(rows: pd.DataFrame, disagreements: pd.DataFrame | None, split: str) -> list[Question]:
    """None where no other solver contradicts a number of a sample on the page."""
    if disagreements is None:
        return []
    own = disagreements[(disagreements["split"] == split) & disagreements["outcome"].isin(_CONTRADICTED)]
    own = own.drop_duplicates(["view", "sample"])
    places = places_of(rows, own) if len(own) else np.empty(0, int)
    if not (places >= 0).any():
        return []
    said = (
        "A margin or a hull distance that another solver does not confirm within the tolerance (tables/disagreements)."
    )
    why = "another solver contradicts one of its numbers"
    return [Question("contradicted", "Contradicted by another solver", said, why, places[places >= 0].astype(np.int64))]
