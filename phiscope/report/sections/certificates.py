"""How sure the computations are."""

from __future__ import annotations

import pandas as pd

from phiscope import stats
from phiscope.exhibits.run import Run

TITLE = "How sure are the computations?"
NUMBERS = ()
NEEDS = ("margins", "hulls", "verification")
OPTIONAL = ("processed_hulls", "class_hulls", "leave_one_out")

_BESIDE = {
    "processed_hulls": stats.named_after_hull,
    "class_hulls": stats.named_after_classes,
    "leave_one_out": stats.named_after_what_is_left_out,
}
_ASKED = ["view", "space", "status", "position", "distance", "duality_gap", "hull_radius"]


def data(run: Run) -> pd.DataFrame:
    """One row per kind of solved problem, with its worst certificate."""
    beside = [named(run[name])[_ASKED] for name, named in _BESIDE.items() if run[name] is not None]
    hulls = pd.concat([run["hulls"][_ASKED], *beside], ignore_index=True)
    return stats.certificates(run["margins"], hulls, run["verification"])
