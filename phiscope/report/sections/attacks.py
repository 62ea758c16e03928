"""Whether attacked images stand out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.report.detectors import Detected, by_attack
from phiscope.report.estimate import MeasuredNumber
from phiscope.stats.attacks import GROUPS
from phiscope.words.detectors import MEANINGS, title_of

TITLE = "Do attacked or out-of-distribution samples stand out?"
NUMBERS = (
    "bisected_below_genuine",
    "front_unseen",
    "front_unseen_any",
    "front_far_any",
    "deepfool_rate_success",
    "deepfool_rate_success_8bit",
    "deepfool_closer_to_boundary_success",
    "deepfool_below_genuine_success",
)
NEEDS = ()
OPTIONAL = ("detection", "attack_moves", "overshoots", "attack_front")


@dataclass(frozen=True)
class Attacks:
    """detected: kinds of changed images, those that detectors see worst first; detectors: their titles, in the order
    of the worst; moved: view -> group of samples -> share that moved towards the hull; overshoots: DeepFool's, in
    words, with the share of margins below every genuine one; hidden: the setting that detectors see worst.
    """

    detected: Sequence[Detected]
    moved: Mapping[str, Mapping[str, MeasuredNumber]]
    overshoots: Sequence[tuple[str, MeasuredNumber]]
    hidden: Hidden | None

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """Detectors by their titles, and what they look at."""
        means = {title_of(name): meaning for name, meaning in MEANINGS.items()}
        return [(title, means[title]) for title in self.detectors if title in means]

    @property
    def detectors(self) -> list[str]:
        return list(self.detected[0].areas) if self.detected else []

    @property
    def groups(self) -> list[tuple[str, str]]:
        """Groups of samples that some attack has, by name and in words."""
        return [(name, words) for name, words in GROUPS.items() if any(name in each for each in self.moved.values())]

    @property
    def verdicts(self) -> list[tuple[str, list[str]]]:
        """What the shares of all samples say of each attack, in words, and the attacks: no share of half is one."""
        said: dict[str, list[str]] = {"towards": [], "away": [], "neither": []}
        for view, groups in self.moved.items():
            share = groups["all"]
            low, high = share.low or 0.0, 1.0 if share.high is None else share.high
            said["towards" if low > 0.5 else "away" if high < 0.5 else "neither"].append(view)
        return [(words, views) for words, views in said.items() if views]


@dataclass(frozen=True)
class Hidden:
    """The setting of PGD at which most attacked samples succeed unseen: lead, hull penalty, detectors asked, and the
    places of its median margin and hull distance among genuine samples."""

    confidence: float
    penalty: float
    asked: int
    margin: float
    distance: float


def data(run: Run) -> Attacks | None:
    detection, moves = run["detection"], run["attack_moves"]
    overshoots, front = run["overshoots"], run["attack_front"]
    if all(each is None for each in (detection, moves, overshoots, front)):
        return None
    return Attacks(
        [] if detection is None else by_attack(detection),
        {} if moves is None else _moved(moves),
        [] if overshoots is None else _below(overshoots),
        None if front is None else _hidden(front),
    )


def _moved(moves: pd.DataFrame) -> dict[str, dict[str, MeasuredNumber]]:
    rows = moves[moves["key"] == "towards_hull"].to_dict("records")
    found: dict[str, dict[str, MeasuredNumber]] = {}
    for row in rows:
        found.setdefault(row["view"], {})[row["group"]] = MeasuredNumber.of(row | {"unit": "share"})
    return found


def _below(overshoots: pd.DataFrame) -> list[tuple[str, MeasuredNumber]]:
    rows = overshoots[(overshoots["key"] == "below_0") & (overshoots["attack"] == "deepfool")].sort_values("overshoot")
    return [(f"{row['overshoot']:g}", MeasuredNumber.of(row | {"unit": "share"})) for row in rows.to_dict("records")]


def _hidden(front: pd.DataFrame) -> Hidden:
    best = front.loc[front["unseen"].idxmax()]
    return Hidden(
        float(best["confidence"]),
        float(best["hull_penalty"]),
        int(best["asked"]),
        float(best["margin_percentile"]),
        float(best["distance_percentile"]),
    )
