"""Margin against hull distance on logarithmic axes: where attacks leave samples, and where the genuine ones stand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.rows import finite
from phiscope.figures.style import INK, MUTED, WIDTH, WRONG, columns_for, note, panels, themed
from phiscope.words.numbers import percent

CAPTION = (
    "Genuine samples (grey) and those on which an attack succeeded (red), one panel per attack. Below the dashed "
    "diagonal the boundary is closer than the hull."
)
CATEGORY = "Attacks and detection"
ALT = "Genuine and attacked samples by distance to the hull and to the closest boundary, on logarithmic axes"
DENSE = True
WHEN = "attacks"
STACKS = True

_COLUMNS = 2
_MOST = 2500  # samples drawn of each kind, the first by number
_FLOOR = 1e-9  # there are no smaller distances on a logarithmic axis


@themed
def draw(attacked_standing: pd.DataFrame) -> Figure:
    """attacked_standing: view, sample, margin, distance, of `original` and the attacked views, and there success.

    One panel per attacked view. Below the dashed diagonal the boundary is closer than the hull. success: whether the
    attack succeeded; other samples of an attacked view are not drawn.
    """
    require(attacked_standing, "attacked_standing", "margin", "view", "sample", "distance", "success")
    genuine = attacked_standing[attacked_standing["view"] == "original"]
    attacked = {view: rows for view, rows in attacked_standing.groupby("view", sort=False) if view != "original"}
    columns = columns_for(max(1, len(attacked)), _COLUMNS)
    rows = max(1, math.ceil(len(attacked) / columns))
    figure, axes = panels(rows, columns, 4.4 if columns == 1 else 3.4, 5.6 if columns == 1 else WIDTH)
    places = axes.ravel()
    ends = {name: _ends(attacked_standing[name].to_numpy(float)) for name in ("distance", "margin")}
    for place in places[len(attacked) :]:
        place.axis("off")
    for place, (view, own) in zip(places, attacked.items()):
        _panel(place, genuine[genuine["sample"].isin(own["sample"])], own[own["success"].astype(bool)], view)
        place.plot([_FLOOR, 1 / _FLOOR], [_FLOOR, 1 / _FLOOR], color=INK, lw=1.0, ls="--", zorder=4)
        place.set(xscale="log", yscale="log", xlim=ends["distance"], ylim=ends["margin"])
    return figure


def _ends(values: np.ndarray) -> tuple[float, float]:
    """Where a logarithmic axis begins and ends: all but the smallest half percent are on it."""
    values = values[np.isfinite(values) & (values > 0)]
    low, high = np.quantile(values, [0.005, 1.0]) if len(values) else (0.1, 1.0)
    return float(low) / 2, float(high) * 2


def _panel(ax: Axes, genuine: pd.DataFrame, attacked: pd.DataFrame, view: str) -> None:
    for rows, colour, layer in ((genuine, MUTED, 2), (attacked, WRONG, 3)):
        drawn = finite(rows, "margin", "distance").head(_MOST)
        x, y = (np.maximum(drawn[name].to_numpy(float), _FLOOR) for name in ("distance", "margin"))
        ax.scatter(x, y, s=5, color=colour, alpha=0.35, lw=0, zorder=layer, rasterized=True)
    share = float((attacked["margin"] < attacked["distance"]).mean()) if len(attacked) else np.nan
    ax.set_title(f"{view}\n{percent(share)} of {len(attacked):,}: boundary closer")
    note(ax, [("genuine", MUTED), ("attacked", WRONG)], y=0.17)
    ax.set(xlabel="distance to the hull", ylabel="distance to the closest boundary")
