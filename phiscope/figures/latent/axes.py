"""Averages and axes as images, and their inner products before and after orthogonalisation. Deep LSD, Figure 4."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.frames import require
from phiscope.figures.mosaic import show_placed
from phiscope.figures.style import blank, themed

TITLES = {"averages": "averages η, decoded", "axes": "axes ξ (Gram-Schmidt), decoded"}


@themed
def draw(tiles: pd.DataFrame, products: pd.DataFrame) -> Figure:
    """tiles: as `latent_batches`, of the panels `averages` and `axes`, labels in rows, sets in columns.

    products: kind (`averages`, `axes`), row, column, value: inner products over M.
    """
    require(tiles, "tiles", "panel", "row", "column", "image")
    require(products, "products", "kind", "row", "column", "value")
    figure = blank(6.6)
    places = figure.subplots(2, 2)
    for ax, (kind, title) in zip(places[0], TITLES.items()):
        show_placed(ax, tiles[tiles["panel"] == kind], title)
        ax.set(xlabel="set", ylabel="label")
    for ax, kind in zip(places[1], TITLES):
        _products(ax, products[products["kind"] == kind], {"averages": "⟨η|η⟩ / M", "axes": "⟨ξ|ξ⟩ / M"}[kind])
    return figure


def _products(ax: Axes, products: pd.DataFrame, title: str) -> None:
    values = products.pivot(index="row", columns="column", values="value").to_numpy()
    most = float(np.abs(values).max())
    shown = ax.imshow(values, cmap="RdBu_r", vmin=-most, vmax=most, interpolation="nearest")
    ax.set_title(title)
    ax.set(xlabel="vector, in the order of sets", xticks=[], yticks=[])
    ax.figure.colorbar(shown, ax=ax, fraction=0.046, pad=0.03)
