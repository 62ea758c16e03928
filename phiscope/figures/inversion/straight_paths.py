"""How far from straight the pixel paths between samples are, over many pairs (Yousefzadeh 2022, Figure 9)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.style import HULL, MARGIN, MUTED, legend_above, panels, themed
from phiscope.words.numbers import significant

CAPTION = (
    "Straight paths of pixels between random pairs of test samples, mapped to feature space: their length over their "
    "chord (1 is straight), and how far they get from the line through both ends. Strokes: medians."
)
CATEGORY = "Images of points in feature space"
ALT = "Distributions of length over chord of pixel paths in feature space, for pairs of one class and of two"
DENSE = False
WHEN = "straight_paths"
STACKS = True

_KINDS = (("of one class", MARGIN), ("of two classes", HULL))
_MEASURES = (("length_over_chord", "length over chord"), ("farthest", "farthest from the line, over the chord"))
_BINS = 30


@themed
def draw(straight_paths: pd.DataFrame) -> Figure:
    """straight_paths: as from `phiscope.experiments.inversion.straight.measure_paths`, a row per pair."""
    require(straight_paths, "straight_paths", "predicted", "other_predicted", "length_over_chord", "farthest")
    figure, axes = panels(1, 2, 2.7)
    same = straight_paths["predicted"] == straight_paths["other_predicted"]
    for ax, (column, words) in zip(axes[0], _MEASURES):
        values = straight_paths[column].to_numpy(float)
        finite = values[np.isfinite(values)]
        low = 1.0 if column == "length_over_chord" else 0.0
        high = max(float(np.quantile(finite, 0.99)) if finite.size else low, low + 0.1)
        edges = np.linspace(low, high, _BINS + 1)
        for (kind, colour), members in zip(_KINDS, (same, ~same)):
            own = values[members.to_numpy()]
            if not own.size:
                continue
            ax.hist(
                own.clip(low, high), edges, color=colour, alpha=0.45, label=f"{kind}: {significant(np.median(own))}"
            )
            ax.axvline(np.median(own), color=colour, lw=1.6)
        ax.set(xlabel=words, ylabel="pairs")
        legend_above(ax, title="median of pairs", alignment="left")
    axes[0, 0].set_title(f"{len(straight_paths):,} pairs", color=MUTED)
    return figure
