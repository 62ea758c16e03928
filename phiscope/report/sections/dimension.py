"""In how many dimensions test samples lie outside the hull."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.report.estimate import MeasuredNumber

TITLE = "In how many dimensions are test samples outside?"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ("dimension",)


class Line(NamedTuple):
    """Of one space: (number of directions, share outside) in the fewest, in the fewest of which more than half of the
    samples are outside (None where in none they are), and in all; how many samples, and vertices."""

    fewest: tuple[int, MeasuredNumber]
    half: tuple[int, MeasuredNumber] | None
    whole: tuple[int, MeasuredNumber]
    n: int
    vertices: int


def data(run: Run) -> dict[str, Line] | None:
    """By space: `feature`, `latent`."""
    rows = run["dimension"]
    if rows is None or rows.empty:
        return None
    return {str(space): _line(part.sort_values("k")) for space, part in rows.groupby("space", sort=False)}


def _line(rows: pd.DataFrame) -> Line:
    shares = [(int(row.k), MeasuredNumber(row.outside, row.outside_low, row.outside_high)) for row in rows.itertuples()]
    half = next((share for share in shares if share[1].value > 0.5), None)
    return Line(shares[0], half, shares[-1], int(rows["n"].iloc[0]), int(rows["vertices"].iloc[0]))
