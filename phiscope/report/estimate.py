"""A measured number as the page writes it: value, interval, and the published value beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phiscope.words.numbers import known, percent, points, significant


@dataclass(frozen=True)
class MeasuredNumber:
    """A measured number: value, interval [low, high] made as `interval` says, n samples behind it, the paper's value.

    unit `share` is written as a percentage, `difference` (of shares) in points, any other as a number. None or NaN
    where there is none.
    """

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    interval: str = ""
    paper: float | None = None
    unit: str = "share"

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> MeasuredNumber:
        """From a row of the table `paper_comparison`, or of another with its columns; `paper_value` may be absent."""
        return cls(
            row["value"],
            low=row["ci_low"],
            high=row["ci_high"],
            n=row["n"],
            interval=row["interval"] or "",
            paper=row.get("paper_value"),
            unit=row["unit"],
        )

    @property
    def text(self) -> str:
        """The value in words."""
        return self._write(self.value)

    @property
    def ends(self) -> str:
        """The interval in words, `74.2 to 75.9 %`; empty where there is none."""
        if not (known(self.low) and known(self.high)):
            return ""
        low, high = self._write(self.low), self._write(self.high)
        return f"{low.partition(' ')[0]} to {high}"

    @property
    def stated(self) -> str:
        """The paper's value with the digits it gives: 0.33 -> `33 %`; empty where there is none."""
        if not known(self.paper):
            return ""
        if self.unit == "difference":
            return points(self.paper) if self.paper else "none"
        return f"{100 * self.paper:.4g} %" if self.unit == "share" else f"{self.paper:,.6g}"

    def _write(self, value: float | None) -> str:
        return {"share": percent, "difference": points}.get(self.unit, significant)(value)
