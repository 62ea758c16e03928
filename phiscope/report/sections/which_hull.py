"""Where samples stand to the hull of their own class, and beside training samples that are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.report.estimate import MeasuredNumber
from phiscope.words.numbers import known

TITLE = "Inside which hull: of all training samples, or of the sample’s own class?"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ("hull_summary", "leave_one_out")

_SHARES = ("outside", "own_outside", "nearer_other", "p_value", "own_p_value")
_DISTANCES = ("own_distance", "other_distance")


class Between(NamedTuple):
    """rows: of every view its name, number of samples, and measures by name as far as they are known, the original
    first; left_out: how many training samples p-values rest on, of the hull of all and of those of classes."""

    rows: Sequence[tuple[str, int, Mapping[str, MeasuredNumber]]]
    left_out: tuple[int, int]

    @property
    def original(self) -> Mapping[str, MeasuredNumber]:
        return next((measured for view, _, measured in self.rows if view == "original"), {})

    @property
    def columns(self) -> list[str]:
        """The measures that some view has."""
        return [name for name in (*_SHARES, *_DISTANCES) if any(name in measured for _, _, measured in self.rows)]


def data(run: Run) -> Between | None:
    summary = run["hull_summary"]
    if summary is None or summary.empty:
        return None
    rows = [(row["view"], int(row["n"]), _measured(row)) for row in summary.to_dict("records")]
    return Between(rows, _counts(run["leave_one_out"]))


def _measured(row: Mapping[str, Any]) -> dict[str, MeasuredNumber]:
    return {
        name: MeasuredNumber(
            row[name], row[f"{name}_low"], row[f"{name}_high"], unit="distance" if name in _DISTANCES else "share"
        )
        for name in (*_SHARES, *_DISTANCES)
        if known(row[name])
    }


def _counts(left_out: pd.DataFrame | None) -> tuple[int, int]:
    if left_out is None:
        return 0, 0
    every, own = (int((left_out["hull_of"] == kind).sum()) for kind in ("all", "class"))
    return every, own
