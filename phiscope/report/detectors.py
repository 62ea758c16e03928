"""What detectors make of attacks, attack by attack: the sentences and tables of the page and of the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from phiscope.report.estimate import MeasuredNumber
from phiscope.words.detectors import title_of

_SHARES = {"area": "ratio", "fpr95": "share"}  # measure -> unit


@dataclass(frozen=True)
class Detected:
    """One kind of changed images: measures by the titles of detectors, the largest area first.

    succeeded: whether only the images are counted on which an attack succeeded; of foreign images all are.
    """

    view: str
    n: int
    n_genuine: int
    succeeded: bool
    areas: Mapping[str, MeasuredNumber]
    false_positives: Mapping[str, MeasuredNumber]

    @property
    def best(self) -> tuple[str, MeasuredNumber]:
        """The detector with the largest area, and that area."""
        return next(iter(self.areas.items()))

    @property
    def below_chance(self) -> list[str]:
        """Detectors that find genuine images the more suspicious ones, with an interval below one half."""
        return [name for name, area in self.areas.items() if area.high is not None and area.high < 0.5]


def by_attack(detection: pd.DataFrame) -> list[Detected]:
    """Kinds of changed images in the statistic `detection`, those that detectors see worst first."""
    kinds = []
    for view, rows in detection.groupby("view", sort=False):
        counted = "success" if (rows["counted"] == "success").any() else "all"
        rows = rows[rows["counted"] == counted]
        measured = {measure: _measured(rows, measure) for measure in _SHARES}
        if measured["area"]:
            n, n_genuine = int(rows["n"].iloc[0]), int(rows["n_genuine"].iloc[0])
            kinds.append(Detected(str(view), n, n_genuine, counted == "success", measured["area"], measured["fpr95"]))
    return sorted(kinds, key=lambda kind: kind.best[1].value)


def _measured(rows: pd.DataFrame, measure: str) -> dict[str, MeasuredNumber]:
    own = rows[(rows["measure"] == measure) & rows["value"].notna()]
    own = own.sort_values("value", ascending=measure == "fpr95", kind="stable").assign(unit=_SHARES[measure])
    return {title_of(row["detector"]): MeasuredNumber.of(row) for row in own.to_dict("records")}
