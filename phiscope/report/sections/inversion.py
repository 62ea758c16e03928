"""Which images map to chosen points of feature space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.words.budget import left_out

TITLE = "Which images map to a chosen point of feature space?"
NUMBERS = (
    "inverted_flip_solved",
    "inverted_flip_distance",
    "inverted_flip_levels",
    "inverted_flip_as_demanded",
    "inverted_flip_no_image",
    "inverted_hull_solved",
    "inverted_hull_no_image",
    "inverted_hull_distance",
    "inverted_hull_levels",
    "inverted_hull_as_demanded",
    "inverted_flip_path_changes",
    "inverted_hull_path_changes",
    "hull_image_nearer",
    "flip_over_deepfool",
    "flip_image_nearer",
    "paths_same_class",
    "paths_other_class",
    "paths_curved",
    "paths_leave_class",
)
NEEDS = ()
OPTIONAL = ("inversion_budget", "test_images")

_OF_BALLS = ("perimeter", "morph", "segment", "path")


@dataclass(frozen=True)
class Budget:
    """left_out: one sentence on what the budget left out, empty for nothing; hidden: figures that have nothing to show;
    inverted: how many samples were."""

    left_out: str
    hidden: tuple[str, ...]
    inverted: int

    @classmethod
    def of(cls, rows: pd.DataFrame, names: Mapping[int, int | str]) -> Budget:
        """From the statistic `inversion_budget`; names: what the configuration calls samples, by their numbers."""
        balls = [(names.get(row.sample, row.sample), row) for row in rows[rows["what"] == "ball"].itertuples()]
        hidden = [f"{kind}-{name}" for name, row in balls if not row.made for kind in _OF_BALLS]
        hidden += [f"inverted-{name}" for name, row in balls if not row.inverted]
        return cls(left_out(rows.to_dict("records")), tuple(hidden), int(rows["made"].iloc[0]))


def data(run: Run) -> Budget | None:
    if run["inversion_budget"] is None:
        return None
    return Budget.of(run["inversion_budget"], {run.number(name): name for name in run.context["samples"]})
