"""How sure the computations are."""

from __future__ import annotations

import pandas as pd

from phiscope import stats
from phiscope.exhibits.run import Run

TITLE = "How sure are the computations?"
NUMBERS = ()
NEEDS = ("margins", "hulls", "verification")
OPTIONAL = ("processed_hulls",)


def data(run: Run) -> pd.DataFrame:
    """One row per kind of solved problem, with its worst certificate."""
    hulls = run["hulls"]
    if run["processed_hulls"] is not None:
        hulls = pd.concat([hulls, stats.named_after_hull(run["processed_hulls"])], ignore_index=True)
    return stats.certificates(run["margins"], hulls, run["verification"])
