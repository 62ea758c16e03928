"""Which is closer, a decision boundary or the hull of the training set, and how strongly logits can react."""

from __future__ import annotations

from typing import NamedTuple

from phiscope.exhibits.run import Run

TITLE = "What is closer: a decision boundary, or the training set?"
NUMBERS = ("closer_to_hull", "median_margin")
NEEDS = ("lipschitz",)
OPTIONAL = ()


class Slopes(NamedTuple):
    """Of the logits against steps in feature space: σ_max(Wφ), and the largest ratio of (14) between two samples;
    drawn: from how many test samples it was sought, None where from all."""

    most: float
    observed: float
    drawn: int | None


def data(run: Run) -> Slopes:
    row = run["lipschitz"].iloc[0]
    drawn = int(row["from_samples"]) if row["from_samples"] < row["of_samples"] else None
    return Slopes(row["constant"], row["largest_ratio"], drawn)
