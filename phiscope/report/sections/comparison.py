"""Every number of the run beside the published ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.report.estimate import MeasuredNumber

TITLE = "Beside published numbers"
NUMBERS = ()
NEEDS = ("paper_comparison",)
OPTIONAL = ()


class Compared(NamedTuple):
    """quantity, in words; section of the paper; number, with the paper's; verdict on what it says, or nothing."""

    quantity: str
    section: str
    number: MeasuredNumber
    verdict: str


@dataclass(frozen=True)
class ComparisonTable:
    """notes: the different ways in which intervals were made; verdicts: how many statements hold, differ and so on."""

    rows: Sequence[Compared]

    @property
    def notes(self) -> list[str]:
        return list(dict.fromkeys(row.number.interval for row in self.rows if row.number.interval))

    @property
    def verdicts(self) -> Counter[str]:
        return Counter(row.verdict for row in self.rows if row.verdict)

    @classmethod
    def of(cls, comparison: pd.DataFrame) -> ComparisonTable:
        """From the table `paper_comparison`."""
        verdicts = comparison["verdict"].where(comparison["verdict"].notna(), "")
        return cls(
            [
                Compared(row["quantity"], row["section"] or "", MeasuredNumber.of(row), verdict)
                for row, verdict in zip(comparison.to_dict("records"), verdicts)
            ]
        )


def data(run: Run) -> ComparisonTable:
    return ComparisonTable.of(run["paper_comparison"])
