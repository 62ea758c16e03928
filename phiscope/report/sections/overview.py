"""What the run found, at a glance: five numbers, samples to look at, and the classes in sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from phiscope.datasets import ImagesBySample
from phiscope.exhibits.run import Run
from phiscope.exhibits.thumbnails import thumbnail
from phiscope.report.detectors import Detected, by_attack
from phiscope.report.estimate import MeasuredNumber
from phiscope.stats.geometry.inspection import confusion
from phiscope.words.reasons import REASONS, Reason

TITLE = "At a glance"
NUMBERS = ("accuracy", "median_margin", "median_distance", "outside_feature", "closer_to_hull", "in_union")
NEEDS = ("standing", "inspect", "class_summary", "test_images", "training_images")
OPTIONAL = ("detection", "training_standing")

SHOWN = 4  # samples of one reason that the page shows; of errors twice as many
MOST_CLASSES = 20  # whose confusion matrix is shown whole
WORST = 10  # classes and pairs of classes that are shown of more


class Look(NamedTuple):
    """One sample to look at: its number, why, its picture as PNG, and what its source calls it."""

    sample: int
    why: str
    picture: bytes | None
    file: str | None


@dataclass(frozen=True)
class ListedSamples:
    """Samples that are listed for one reason: how many there are, and the first of them."""

    reason: Reason
    count: int
    looks: Sequence[Look]


@dataclass(frozen=True)
class Overview:
    """split: of the samples; listed: by reason; classes: rows of the statistic `class_summary`, those that are shown;
    confusion: rows of labels, where there are few classes; confused: (label, prediction, count), the most frequent
    first; hardest: the attack that detectors see worst."""

    split: str
    listed: Sequence[ListedSamples]
    classes: Sequence[Mapping[str, Any]]
    class_count: int
    confusion: Sequence[Sequence[int]] | None
    confused: Sequence[tuple[str, str, int]]
    hardest: Detected | None = None

    @property
    def errors(self) -> int:
        return sum(count for *_, count in self.confused)


def data(run: Run) -> Overview:
    trained_alone = run.single_split == "train"
    standing = run["training_standing"] if trained_alone else run.original("standing")
    summary, table = run["class_summary"], confusion(standing, len(run.classes))
    rows = summary[summary["n"] > 0]
    many = len(run.classes) > MOST_CLASSES
    shown = rows.sort_values(["accuracy", "median_margin"], kind="stable").head(WORST) if many else rows
    attacks = [] if run["detection"] is None else by_attack(run["detection"])
    return Overview(
        split="training" if trained_alone else "test",
        listed=_listed(run["inspect"], _images(run, trained_alone)),
        classes=shown.to_dict("records"),
        class_count=len(run.classes),
        confusion=None if many or not len(rows) else table.to_numpy().tolist(),
        confused=_confused(table, run.classes),
        hardest=attacks[0] if attacks else None,
    )


def cards_of(numbers: Mapping[str, MeasuredNumber], overview: Overview) -> list[tuple[str, MeasuredNumber, str]]:
    """At most five numbers of the first screen: what, how much, and what it means."""
    candidates: list[tuple[str, MeasuredNumber | None, str]] = [
        ("accuracy", numbers.get("accuracy"), "of the test samples get their label as the prediction"),
        (
            "median margin",
            numbers.get("median_margin"),
            "is the distance from a test sample to the closest decision boundary in feature space: half of the samples "
            "are closer to one",
        ),
        (
            "median distance to the training hull",
            numbers.get("median_distance"),
            "is how far a test sample lies from everything that mixtures of training samples reach, in feature space",
        ),
        (
            "closer to the hull than to a boundary",
            numbers.get("closer_to_hull"),
            "of the test samples: mixtures of training samples are nearer to them than another answer",
        ),
        _of_the_hardest(overview.hardest),
        ("outside the training hull", numbers.get("outside_feature"), "of the test samples, with a proof for each"),
        (
            "certain by a training sample",
            numbers.get("in_union"),
            "of the test samples are so close to a training sample that they must get its answer",
        ),
    ]
    return [(name, number, means) for name, number, means in candidates if number is not None][:5]


def _of_the_hardest(hardest: Detected | None) -> tuple[str, MeasuredNumber | None, str]:
    if hardest is None:
        return "", None, ""
    detector, area = hardest.best
    return (
        f"best detection of {hardest.view}",
        area,
        f"is the area under the ROC curve of the best detector, {detector}, for the kind of changed images that "
        "detectors see worst; 0.5 is guessing, 1 finds all",
    )


def _listed(inspect: pd.DataFrame, images: ImagesBySample | None) -> list[ListedSamples]:
    listed = []
    for name, rows in inspect.groupby("reason", sort=False):
        looks = [
            Look(
                int(row["sample"]),
                row["why"],
                thumbnail(images[int(row["sample"])].astype(np.float64)) if images else None,
                row["file"] if isinstance(row["file"], str) else None,
            )
            for row in rows.head(2 * SHOWN if name == "error" else SHOWN).to_dict("records")
        ]
        listed.append(ListedSamples(REASONS[str(name)], len(rows), looks))
    return listed


def _images(run: Run, of_training: bool) -> ImagesBySample | None:
    """None where samples are vectors alone."""
    if not run["test_images"].holds_images:
        return None
    return run.train if of_training else run.test


def _confused(table: pd.DataFrame, classes: Sequence[str]) -> list[tuple[str, str, int]]:
    counts = table.to_numpy().copy()
    np.fill_diagonal(counts, 0)
    pairs = [(classes[i], classes[j], int(counts[i, j])) for i, j in zip(*np.nonzero(counts))]
    return sorted(pairs, key=lambda pair: -pair[2])
