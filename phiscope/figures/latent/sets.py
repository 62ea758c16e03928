"""Sets of latents by label: samples, averages and densities (Toledo-Marín and Glazier 2021, Figure 3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.mosaic import show_placed
from phiscope.figures.style import INK, blank, class_colours, class_legend, legend_above, themed

CAPTION = (
    "Toledo-Marín and Glazier 2021, Figure 3. Encoded latents need not be normal within a class; drawn ones nearly are."
)
CATEGORY = "Latent space"
ALT = "Decoded latents of each class, their averages, and the densities of their entries"
DENSE = True
WHEN = "latent"

KINDS = {"encoded": "encoded (4a)", "drawn": "drawn (4b)"}


@themed
def draw(set_tiles: pd.DataFrame, latent_densities: pd.DataFrame, classes: Sequence[str]) -> Figure:
    """set_tiles: as `latent_batches`, of the panels `encoded latents`, `averages, encoded` and `averages, drawn`.

    latent_densities: kind, label, x, density.
    """
    require(set_tiles, "set_tiles", "panel", "row", "column", "image")
    require(latent_densities, "latent_densities", "kind", "label", "x", "density")
    figure = blank(3.9)
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=[1, 1.15])[0]
    samples = left.subplots()
    show_placed(samples, set_tiles[set_tiles["panel"] == "encoded latents"], "encoded latents, decoded: a row a label")
    samples.set_anchor("N")
    places = right.subplots(2, 2, height_ratios=[1, 4.2])
    for (average, density), (kind, title) in zip(places.T, KINDS.items()):
        part = set_tiles[set_tiles["panel"] == f"averages, {kind}"]
        if len(part):
            show_placed(average, part.assign(row=part["column"] // 5, column=part["column"] % 5))
        average.set_title(f"η, {title}")
        average.axis("off")
        _densities(density, latent_densities[latent_densities["kind"] == kind], len(classes))
    class_legend(figure, classes)
    return figure


def _densities(ax: Axes, densities: pd.DataFrame, count: int) -> None:
    colours = class_colours(count)
    for label, rows in densities.groupby("label"):
        ax.plot(rows["x"], rows["density"], color=colours[label], lw=0.9)
    x = np.linspace(-4, 4, 200)
    ax.plot(x, np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi), color=INK, lw=1.2, ls="--", label="normal")
    ax.set(xlabel="entry of a latent", ylabel="density", xlim=(-4, 4), ylim=(0, None))
    legend_above(ax)
