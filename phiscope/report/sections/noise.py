"""How far rounding may move what the page measures in feature space."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from phiscope.exhibits.run import Run
from phiscope.head import FeatureNoise

TITLE = "How exact are the features?"
NUMBERS = ("margin_within_noise", "within_noise_feature", "on_union_surface")
NEEDS = ("head", "standing")
OPTIONAL = ()


class Rounding(NamedTuple):
    """What was measured, and the median noise of distances to the hull and of margins, None where there is none."""

    noise: FeatureNoise
    distance: float | None
    margin: float | None


def data(run: Run) -> Rounding:
    rows = run.original("standing")
    known = (rows[name].dropna() for name in ("distance_noise", "margin_noise"))
    return Rounding(run["head"].noise, *(float(np.median(values)) if len(values) else None for values in known))
