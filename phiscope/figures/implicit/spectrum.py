"""Is PSNR a function of the total power of an image's spectrum, or of what lies beyond the encoding's bandwidth?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from phiscope.figures.checks import require
from phiscope.figures.implicit.encodings import colour, key, keyed, ordered
from phiscope.figures.style import FAINT, INK, MUTED, note, panels, themed
from phiscope.words.encodings import title_of
from phiscope.words.numbers import signed

CAPTION = (
    "One point per image and encoding: PSNR against the spectrum’s sum of magnitudes, its energy, its energy beyond "
    "the encoding’s bandwidth, and against the PSNR that Parseval gives the linear model on the same waves. ρ is the "
    "rank correlation within one encoding and one kind of image."
)
CATEGORY = "Images as functions of position"
ALT = "PSNR against the power of the spectrum"
DENSE = True
WHEN = "fitted_networks"
STACKS = True

_POWERS = {"spectrum_l1": "sum of magnitudes", "spectrum_energy": "energy", "energy_beyond": "energy beyond bandwidth"}
_MEASURES = {"psnr_train": "fitted", "psnr_heldout": "held-out"}


@themed
def draw(implicit_tuned: pd.DataFrame, implicit_powers: pd.DataFrame) -> Figure:
    """implicit_tuned: as from `stats.implicit.fits.tuned`, implicit_powers as from `stats.implicit.within.powers`. One
    point per image and encoding, mean over seeds.

    Columns: three kinds of power of the spectrum, without the mean, with the rank correlation; and the PSNR that
    Parseval gives the linear model on the same waves, on the diagonal where that is all that counts. Upper row: the
    network on fitted pixels, lower row: on held-out pixels.
    """
    require(
        implicit_tuned,
        "implicit_tuned",
        "image",
        "model",
        "encoding",
        "psnr_train",
        "psnr_heldout",
        "psnr_parseval",
        *_POWERS,
    )
    require(implicit_powers, "implicit_powers", "measure", "power", "part", "value")
    rows = keyed(implicit_tuned)
    keys = ["model", "way", "asked_k", "image"]
    mean = rows.groupby(keys, dropna=False)[[*_MEASURES, *_POWERS, "psnr_parseval"]].mean().reset_index()
    networks, linear = mean[mean["model"] == "mlp"], mean[mean["model"] == "projection"]
    correlations = implicit_powers[implicit_powers["part"] == "all"].set_index(["measure", "power"])["value"]
    figure, axes = panels(2, 4, 2.2, sharey="row")
    for line, (measure, words) in zip(axes, _MEASURES.items()):
        for ax, (power, name) in zip(line, _POWERS.items()):
            _scatter(ax, networks, power, measure)
            _logarithmic(ax, networks[power])
            ax.set_xlabel(name)
            if (measure, power) in correlations.dropna().index:
                note(ax, [(f"ρ = {signed(correlations[measure, power])}", INK)])
        _parseval(line[3], networks, linear, measure)
        line[0].set_ylabel(f"PSNR in dB, {words}")
    key(figure, axes)
    return figure


def _scatter(ax: Axes, rows: pd.DataFrame, x: str, y: str) -> None:
    for way in ordered(rows["way"]):
        part = rows[(rows["way"] == way) & (rows[x] > 0)]
        ax.scatter(part[x], part[y], s=9, color=colour(way), alpha=0.65, lw=0, label=title_of(way))


def _logarithmic(ax: Axes, values: pd.Series) -> None:
    """A logarithmic axis with few words on it, where there is anything above zero."""
    if not (values > 0).any():
        return
    ax.set_xscale("log")
    spread = np.log10(values[values > 0].max() / values[values > 0].min())
    ax.xaxis.set_major_locator(LogLocator(10, subs=(1.0,) if spread > 1.5 else (1.0, 2.0, 5.0), numticks=4))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def _parseval(ax: Axes, networks: pd.DataFrame, linear: pd.DataFrame, measure: str) -> None:
    shown = networks["psnr_parseval"].between(0, 60)
    _scatter(ax, networks[shown], "psnr_parseval", measure)
    both = linear[linear["psnr_parseval"].between(0, 60)]
    if len(both) and measure == "psnr_train":
        ax.scatter(both["psnr_parseval"], both["psnr_train"], s=10, facecolor="none", edgecolor=INK, lw=0.6)
        note(ax, [("○ linear", MUTED)], y=0.2)
    low, high = (0, max(30.0, float(networks.loc[shown, "psnr_parseval"].max() or 30))) if shown.any() else (0, 30)
    ax.plot([low, high], [low, high], color=FAINT, lw=1.0, zorder=1)
    ax.set_xlabel("Parseval, linear")
