"""What the classifier does with a few images, looked at before anything is computed with it, and what is doubtful."""

from __future__ import annotations

from dataclasses import dataclass

from phiscope.exhibits.run import Run
from phiscope.experiments.models import in_words
from phiscope.experiments.models.record import Check

TITLE = "Does the classifier see what it is meant to see?"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ("check",)


@dataclass(frozen=True)
class CheckPage:
    """sentences and doubts; heading and rows of a table of outputs, with what stands above it."""

    sentences: list[str]
    doubts: list[str]
    title: str
    heading: tuple[str, ...]
    rows: list[tuple[str, ...]]

    @classmethod
    def of(cls, check: Check) -> CheckPage:
        title, rows = in_words.rows(check)
        return cls(in_words.sentences(check), list(check.doubts), title, in_words.heading(check), rows)


def data(run: Run) -> CheckPage | None:
    return None if run["check"] is None else CheckPage.of(run["check"])
