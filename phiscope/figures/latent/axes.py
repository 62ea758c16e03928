"""Averages and axes as images, and their inner products (Toledo-Marín and Glazier 2021, Figure 4)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.mosaic import show_placed
from phiscope.figures.style import blank, themed

CAPTION = "Toledo-Marín and Glazier 2021, Figure 4: a row for each class, a column for each set."
CATEGORY = "Latent space"
ALT = "Averages and axes decoded, inner products before and after"
DENSE = True
WHEN = "latent"

TITLES = {"averages": "averages η, decoded", "axes": "axes ξ (Gram-Schmidt), decoded"}


@themed
def draw(axis_tiles: pd.DataFrame, latent_products: pd.DataFrame) -> Figure:
    """axis_tiles: as `latent_batches`, of the panels `averages` and `axes`, labels in rows, sets in columns.

    latent_products: kind (`averages`, `axes`), row, column, value: inner products over M.
    """
    require(axis_tiles, "axis_tiles", "panel", "row", "column", "image")
    require(latent_products, "latent_products", "kind", "row", "column", "value")
    figure = blank(6.6)
    places = figure.subplots(2, 2)
    for ax, (kind, title) in zip(places[0], TITLES.items()):
        show_placed(ax, axis_tiles[axis_tiles["panel"] == kind], title)
        ax.set(xlabel="set", ylabel="label")
    for ax, kind in zip(places[1], TITLES):
        _products(
            ax, latent_products[latent_products["kind"] == kind], {"averages": "⟨η|η⟩ / M", "axes": "⟨ξ|ξ⟩ / M"}[kind]
        )
    return figure


def _products(ax: Axes, products: pd.DataFrame, title: str) -> None:
    values = products.pivot(index="row", columns="column", values="value").to_numpy()
    most = float(np.abs(values).max())
    shown = ax.imshow(values, cmap="RdBu_r", vmin=-most, vmax=most, interpolation="nearest")
    ax.set_title(title)
    ax.set(xlabel="vector, in the order of sets", xticks=[], yticks=[])
    ax.figure.colorbar(shown, ax=ax, fraction=0.046, pad=0.03)
