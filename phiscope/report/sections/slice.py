"""The plane through a sample and its closest flip points."""

from __future__ import annotations

from typing import NamedTuple

from phiscope.exhibits.run import Run

TITLE = "What does the neighbourhood of one sample look like?"
NUMBERS = ()
NEEDS = ("standing", "test_images")
OPTIONAL = ()


class Sliced(NamedTuple):
    """The test sample that the plane goes through, its class, the class across the closest boundary, and how far."""

    sample: int
    predicted: str
    closest: str | None
    margin: float


def data(run: Run) -> Sliced | None:
    if run.context["slice_sample"] is None:
        return None
    number, standing = run.number(run.context["slice_sample"]), run.original("standing")
    rows = standing[standing["sample"] == number].to_dict("records")
    if not rows:
        return None
    closest = int(rows[0]["closest_class"])
    predicted = run.classes[int(rows[0]["predicted"])]
    return Sliced(number, predicted, run.classes[closest] if closest >= 0 else None, rows[0]["margin"])
