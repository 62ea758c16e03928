"""Single test samples, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.words.labels import NO_LABEL, named

TITLE = "Single samples"
NUMBERS = ()
NEEDS = ("standing", "margins", "balls", "samples", "test_images")
OPTIONAL = ()

MOST_CLASSES = 20  # whose margins are shown, all of them
CLOSEST = 10  # that are shown of more


@dataclass(frozen=True)
class SamplePage:
    """One test sample: names of its label, predicted and closest class, and Table 1 as margins by class name.

    A margin is NaN where no flip point exists. others: how many classes are not shown, of many. inside: how many
    training and test samples its ball holds. file: what the data set calls its image, None where it has no names.
    """

    sample: int
    label: str
    predicted: str
    closest: str
    margin: float
    distance: float
    margins: Mapping[str, float]
    inside: tuple[int, int] | None = None
    file: str | None = None
    others: int = 0

    @property
    def heading(self) -> str:
        """Its label, and whether that was recognised."""
        if self.label == NO_LABEL:
            return f"without a label, taken for {self.predicted}"
        verdict = "and recognised" if self.label == self.predicted else f"taken for {self.predicted}"
        return f"labelled {self.label}, {verdict}"

    @classmethod
    def of(cls, sample: int, frames: Mapping[str, pd.DataFrame], classes: Sequence[str]) -> SamplePage:
        """From the frames `standing`, `balls`, `margins` and `samples` of the test samples."""
        own = {name: frame[frame["sample"] == sample] for name, frame in frames.items()}
        row, ball, table = own["standing"].iloc[0], own["balls"].iloc[0], own["margins"]
        file = own["samples"]["file"].iloc[0]
        if len(classes) > MOST_CLASSES:
            table = table.sort_values("margin", kind="stable").head(CLOSEST)
        return cls(
            sample=sample,
            label=named(row["label"], classes),
            predicted=classes[int(row["predicted"])],
            closest=classes[int(row["closest_class"])] if row["closest_class"] >= 0 else "none",
            margin=row["margin"],
            distance=row["distance"],
            margins={classes[j]: margin for j, margin in zip(table["other_class"], table["margin"])},
            inside=(int(ball["train_inside"]), int(ball["test_inside"])),
            file=file if isinstance(file, str) else None,
            others=len(classes) - 1 - len(table) if len(classes) > MOST_CLASSES else 0,
        )


def data(run: Run) -> list[SamplePage]:
    frames = {name: run.original(name) for name in ("standing", "balls", "margins")}
    listed = run["samples"]
    frames["samples"] = listed[listed["dataset"].isna() & (listed["split"] == "test")]
    return [SamplePage.of(number, frames, run.classes) for number in map(run.number, run.context["samples"])]
