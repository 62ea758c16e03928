"""How far in pixels the images of flip points and of hull projections are from their samples, beside DeepFool's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.inversion.inverted import COLOURS
from phiscope.figures.style import blank, note, themed, words_alone
from phiscope.words.numbers import significant

CAPTION = "For this share of samples the image is at most so far from the sample. Dashed: medians."
CATEGORY = "Images of points in feature space"
ALT = "Distribution functions of the pixel distances of the images of flip points, of hull projections, and of DeepFool"
DENSE = False
WHEN = "inversions"

NAMES = {
    "flip": "image of the closest flip point",
    "hull": "image of the hull projection",
    "deepfool": "DeepFool’s image",
}
_FLOOR = 1e-6  # there are no smaller distances on a logarithmic axis


@themed
def draw(inversion_distances: pd.DataFrame) -> Figure:
    """inversion_distances: kind (`flip`, `hull`, `deepfool`) and pixel_distance, one row per sample and image found.

    Read: for this share of samples the image is at most so far from the sample.
    """
    if inversion_distances.empty:
        return words_alone("No image was found in this run.")
    require(inversion_distances, "inversion_distances", "kind", "pixel_distance")
    figure = blank(height=3.3)
    ax = figure.subplots()
    lines = []
    for kind in [kind for kind in NAMES if (inversion_distances["kind"] == kind).any()]:
        values = inversion_distances.loc[inversion_distances["kind"] == kind, "pixel_distance"].to_numpy(float)
        sns.ecdfplot(x=np.maximum(values, _FLOOR), color=COLOURS[kind], lw=1.8, ax=ax)
        ax.axvline(max(float(np.median(values)), _FLOOR), color=COLOURS[kind], lw=1.0, ls="--")
        lines.append((f"{NAMES[kind]}: median {significant(np.median(values))} ({len(values):,})", COLOURS[kind]))
    note(ax, lines, x=0.02)
    ax.set(
        xscale="log", xlabel="distance to the sample, pixels in [0, 1] (L2)", ylabel="share of samples at most so far"
    )
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_ylim(0, 1.02)
    return figure
