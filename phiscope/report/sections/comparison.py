"""Every number of the run beside the published ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.report.estimate import MeasuredNumber

TITLE = "Beside published numbers"
NUMBERS = ()
NEEDS = ("paper_comparison",)
OPTIONAL = ()


@dataclass(frozen=True)
class ComparisonTable:
    """rows: quantity, section of the paper, measured number; notes: the different ways in which intervals were made."""

    rows: Sequence[tuple[str, str, MeasuredNumber]]

    @property
    def notes(self) -> list[str]:
        return list(dict.fromkeys(number.interval for *_, number in self.rows if number.interval))

    @classmethod
    def of(cls, comparison: pd.DataFrame) -> ComparisonTable:
        """From the table `paper_comparison`."""
        records = comparison.to_dict("records")
        return cls([(row["quantity"], row["section"] or "", MeasuredNumber.of(row)) for row in records])


def data(run: Run) -> ComparisonTable:
    return ComparisonTable.of(run["paper_comparison"])
