"""What figures about encodings share: a colour for each, the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure

COLOURS = {
    "none": "#66717d",
    "basic": "#1f2933",
    "positional": "#b38600",
    "gaussian": "#0072b2",
    "fourier_random": "#c24f00",
    "fourier_grid": "#c2266b",
    "fourier_lowest": "#00785a",
    "fourier_strategic": "#8a4b85",
    "fourier_strategic own": "#8a4b85",
    "fourier_strategic mean": "#b98fd0",
    "fourier_complete": "#0072b2",
    "dct": "#00785a",
    "haar": "#b38600",
    "orthogonal": "#66717d",
    "siren": "#3e9bd1",
}
_OTHER = "#1f2933"


def keyed(frame: pd.DataFrame) -> pd.DataFrame:
    """With `way`: the encoding, and what a strategic choice looked at."""
    looked = frame["spectrum"].fillna("") if "spectrum" in frame else pd.Series("", index=frame.index)
    return frame.assign(way=(frame["encoding"] + " " + looked).str.strip())


def ordered(ways: Iterable[str]) -> list[str]:
    """Every way once, in the order of the registry of colours, unknown ones last."""
    known = list(COLOURS)
    return sorted(dict.fromkeys(ways), key=lambda way: known.index(way) if way in known else len(known))


def colour(way: str) -> str:
    return COLOURS.get(way, _OTHER)


def groups_in_order(frame: pd.DataFrame, main: str, most: int) -> list[str]:
    """The groups of images, the main one first, at most so many."""
    names = sorted(dict.fromkeys(frame["group"]), key=lambda name: name != main)
    return names[:most]


def key(figure: Figure, axes: np.ndarray, columns: int = 4) -> None:
    """One key below all panels, of whatever any of them shows."""
    handles: dict[str, Artist] = {}
    for ax in axes.ravel():
        for handle, label in zip(*ax.get_legend_handles_labels()):
            handles.setdefault(label, handle)
    legend = figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=columns, frameon=False)
    for handle in filter(None, legend.legend_handles):
        handle.set_alpha(1.0)
