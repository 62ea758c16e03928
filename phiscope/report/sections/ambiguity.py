"""Which images are ambiguous to the classifier."""

from __future__ import annotations

from typing import Any

from phiscope.exhibits.run import Run

TITLE = "Which samples are ambiguous to the classifier?"
NUMBERS = ("closer_to_hull",)
NEEDS = ("inspect",)
OPTIONAL = ()


def data(run: Run) -> dict[str, Any] | None:
    """The most ambiguous sample: its row of the statistic `inspect`."""
    rows = run["inspect"].query("reason == 'ambiguous' and rank == 1").to_dict("records")
    return rows[0] if rows else None
