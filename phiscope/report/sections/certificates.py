"""How sure the computations are."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from phiscope import stats
from phiscope.exhibits.run import Run

TITLE = "How sure are the computations?"
NUMBERS = ()
NEEDS = ("margins", "hulls", "verification", "disagreements")
OPTIONAL = ("processed_hulls",)


class Certificates(NamedTuple):
    """table: one row per kind of solved problem, with its worst certificate; what another solver says of some."""

    table: pd.DataFrame
    solver: str
    second: stats.SecondOpinion


def data(run: Run) -> Certificates:
    hulls, again = run["hulls"], run["disagreements"]
    if run["processed_hulls"] is not None:
        hulls = pd.concat([hulls, stats.named_after_hull(run["processed_hulls"])], ignore_index=True)
    table = stats.certificates(run["margins"], hulls, run["verification"])
    return Certificates(table, again["solver"].iloc[0] if len(again) else "", stats.second_opinion(again))
