"""Whether attacked images stand out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.report.detectors import Detected, by_attack
from phiscope.report.estimate import MeasuredNumber
from phiscope.words.detectors import MEANINGS, title_of

TITLE = "Do attacked images stand out?"
NUMBERS = (
    "deepfool_rate_success",
    "deepfool_rate_success_8bit",
    "deepfool_closer_to_boundary_success",
    "deepfool_below_genuine_success",
)
NEEDS = ()
OPTIONAL = ("detection", "attack_summary")


@dataclass(frozen=True)
class Attacks:
    """detected: kinds of changed images, those that detectors see worst first; detectors: their titles, in the order
    of the worst; moved: view, share of its images that moved towards the hull."""

    detected: Sequence[Detected]
    moved: Sequence[tuple[str, MeasuredNumber]]

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """Detectors by their titles, and what they look at."""
        means = {title_of(name): meaning for name, meaning in MEANINGS.items()}
        return [(title, means[title]) for title in self.detectors if title in means]

    @property
    def detectors(self) -> list[str]:
        return list(self.detected[0].areas) if self.detected else []


def data(run: Run) -> Attacks | None:
    detection, summary = run["detection"], run["attack_summary"]
    if detection is None and summary is None:
        return None
    return Attacks([] if detection is None else by_attack(detection), [] if summary is None else _moved(summary))


def _moved(summary: pd.DataFrame) -> list[tuple[str, MeasuredNumber]]:
    rows = summary[(summary["key"] == "towards_hull") & (summary["counted"] == "success")]
    return [(row["view"], MeasuredNumber.of(row)) for row in rows.to_dict("records")]
