"""What an encoding inside a decoder gives: PSNR, sharpness and detail of images it has not seen."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.implicit.encodings import colour
from phiscope.figures.style import FAINT, INK, panels, themed
from phiscope.words.encodings import title_of

CAPTION = (
    "Small autoencoders that differ in the decoder only, on test images: a network that is asked for one position at "
    "a time, with an encoding before it, and a dense one of about as many parameters (vertical line). Detail: energy "
    "beyond low frequencies that is right. Bars are intervals over trainings."
)
CATEGORY = "Images as functions of position"
ALT = "PSNR, sharpness and detail that decoders with and without an encoding inside reach"
DENSE = False
WHEN = "decoders"
STACKS = True

_MEASURES = {
    "psnr": "PSNR in dB",
    "sharpness": "sharpness of edges",
    "energy_right": "detail that is right",
}
_DENSE = "dense"


@themed
def draw(implicit_decoders: pd.DataFrame) -> Figure:
    """implicit_decoders: as from `phiscope.stats.decoder_summary`. A line per decoder, a panel per measure.

    Means over trainings, with their intervals; vertical, the dense decoder. Detail: energy beyond low frequencies.
    """
    require(implicit_decoders, "implicit_decoders", "encoding", "k", "sigma", "measure", "value", "ci_low", "ci_high")
    ways = list(
        dict.fromkeys(
            zip(implicit_decoders["encoding"], implicit_decoders["k"].fillna(0), implicit_decoders["sigma"].fillna(0))
        )
    )
    figure, axes = panels(1, len(_MEASURES), 0.9 + 0.24 * len(ways), sharey=True)
    for ax, (measure, words) in zip(axes[0], _MEASURES.items()):
        rows = implicit_decoders[implicit_decoders["measure"] == measure]
        places = [ways.index(way) for way in zip(rows["encoding"], rows["k"].fillna(0), rows["sigma"].fillna(0))]
        colours = [INK if name == _DENSE else colour(name) for name in rows["encoding"]]
        ax.hlines(places, rows["ci_low"], rows["ci_high"], color=colours, lw=1.6)
        ax.scatter(rows["value"], places, color=colours, s=22, lw=0, zorder=3)
        for value in rows.loc[rows["encoding"] == _DENSE, "value"]:
            ax.axvline(value, color=FAINT, lw=1.2, zorder=1)
        ax.set(xlabel=words)
        ax.margins(x=0.12)
    axes[0, 0].set_yticks(range(len(ways)), [_in_words(*way) for way in ways])
    axes[0, 0].invert_yaxis()
    return figure


def _in_words(encoding: str, k: float, sigma: float) -> str:
    parts = ["dense" if encoding == _DENSE else title_of(encoding)]
    parts += [f"{name} = {value:g}" for name, value in (("k", k), ("σ", sigma)) if value]
    return ", ".join(parts)
