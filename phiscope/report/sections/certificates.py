"""How sure the computations are."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from phiscope import stats
from phiscope.exhibits.run import Run

TITLE = "How sure are the computations?"
NUMBERS = ()
NEEDS = ("margins", "hulls", "verification", "disagreements")
OPTIONAL = ("processed_hulls", "class_hulls", "leave_one_out")

# How a problem ends that has an answer; a pair of classes without a flip point is proven to have none.
ANSWERS = ("solved", "converged", "precision_limit", "infeasible", "degenerate_pair")
_BESIDE = {
    "processed_hulls": stats.named_after_hull,
    "class_hulls": stats.named_after_classes,
    "leave_one_out": stats.named_after_what_is_left_out,
}
_ASKED = ["view", "space", "status", "position", "distance", "duality_gap", "hull_radius"]


class Certificates(NamedTuple):
    """table: one row per kind of solved problem, with its worst certificate; problems: how many there are in all, of
    which no solver gave an answer for `unanswered`; what another solver says of some; what proves that classes
    without a margin are further away."""

    table: pd.DataFrame
    problems: int
    unanswered: int
    solver: str
    second: stats.SecondOpinion
    left_out: stats.LeftOut | None = None


def data(run: Run) -> Certificates:
    again = run["disagreements"]
    beside = [named(run[name])[_ASKED] for name, named in _BESIDE.items() if run[name] is not None]
    hulls = pd.concat([run["hulls"][_ASKED], *beside], ignore_index=True)
    table = stats.certificates(run["margins"], hulls, run["verification"])
    ends = pd.concat([run["margins"]["status"], hulls["status"]])
    unanswered = int((~ends.isin(ANSWERS)).sum())
    solver = again["solver"].iloc[0] if len(again) else ""
    left = stats.left_out(run["margins"])
    return Certificates(table, len(ends), unanswered, solver, stats.second_opinion(again), left)
