"""Amplitude against rank, where the label comes first, second or third (Toledo-Marín and Glazier 2021, Figure 6)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from phiscope.figures.checks import require
from phiscope.figures.style import HULL, MARGIN, MUTED, SPACES, legend_above, panels, themed

CAPTION = (
    "Toledo-Marín and Glazier 2021, Figure 6: amplitudes where the class comes first, second and third; below, "
    "densities of the next ones."
)
CATEGORY = "Latent space"
ALT = "Amplitudes by rank, and their densities, where the label comes first, second and third"
DENSE = True
WHEN = "latent"
STACKS = True

SHOWN = 300  # lines in a panel
ORDINALS = ("first", "second", "third")
COLOURS = {2: MARGIN, 3: HULL, 4: SPACES["pixel"]}


@themed
def draw(sampled_spectra: pd.DataFrame) -> Figure:
    """sampled_spectra: rows of the table for one setting, basis and trial."""
    require(sampled_spectra, "sampled_spectra", "amplitude", "rank_of_label")
    figure, axes = panels(2, 3, 2.3, sharey="row")
    for place, (lines, densities) in enumerate(axes.T):
        rows = sampled_spectra[sampled_spectra["rank_of_label"] == place + 1]
        lines.set_title(f"label {ORDINALS[place]} ({len(rows):,})")
        lines.set(xlabel="rank", ylim=(0, 1.02))
        densities.set(xlabel="amplitude over the largest", xlim=(0, 1))
        if len(rows):
            ranked = _ranked(np.stack(rows["amplitude"].to_numpy()))
            _lines(lines, ranked)
            _densities(densities, ranked)
    axes[0, 0].set_ylabel("|c| over the largest")
    axes[1, 0].set_ylabel("density")
    return figure


def _ranked(amplitudes: NDArray) -> NDArray:
    """|c| over its largest, from largest to smallest."""
    ranked = -np.sort(-np.abs(amplitudes), axis=1)
    return ranked / np.maximum(ranked[:, :1], np.finfo(float).tiny)


def _lines(ax: Axes, ranked: NDArray) -> None:
    shown = ranked[:: max(len(ranked) // SHOWN, 1)][:SHOWN]
    ax.plot(np.arange(1, ranked.shape[1] + 1), shown.T, color=MUTED, lw=0.4, alpha=max(0.05, 8 / (len(shown) + 20)))
    ax.plot(np.arange(1, ranked.shape[1] + 1), np.median(ranked, axis=0), color=MARGIN, lw=1.4)


def _densities(ax: Axes, ranked: NDArray) -> None:
    edges = np.linspace(0, 1, 26).tolist()
    for rank, colour in COLOURS.items():
        if rank <= ranked.shape[1]:
            ax.hist(
                ranked[:, rank - 1], edges, density=True, histtype="step", color=colour, lw=1.2, label=f"rank {rank}"
            )
    legend_above(ax, ncols=2)
