"""Within one encoding and one kind of image: what does PSNR go with?"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.implicit.encodings import ordered
from phiscope.figures.style import FAINT, HULL, INK, MARGIN, MUTED, SPACES, panels, themed
from phiscope.words.encodings import title_of

CAPTION = (
    "Rank correlation of a network’s PSNR with four quantities of an image’s spectrum, within one encoding and one "
    "kind of image: over all of them, for every kind, for every encoding; energy beyond is that above an encoding’s "
    "bandwidth. Crosses are what one would have if encodings and kinds were ignored. Bars are intervals over images."
)
CATEGORY = "Images as functions of position"
ALT = "Rank correlations of PSNR with the power of the spectrum, within encoding and kind of image"
DENSE = False
WHEN = "fitted_networks"
STACKS = True

_POWERS = {
    "spectrum_l1": "sum of magnitudes",
    "spectrum_energy": "energy",
    "energy_beyond": "energy beyond",
    "spectrum_frequency": "mean frequency",
}
_MEASURES = {"psnr_train": "fitted pixels", "psnr_heldout": "held-out pixels", "psnr_all": "all pixels, all fitted"}
_LOOKS = {"psnr_train": (HULL, "s"), "psnr_heldout": (MARGIN, "o"), "psnr_all": (SPACES["feature"], "D")}


@themed
def draw(implicit_powers: pd.DataFrame) -> Figure:
    """implicit_powers: as from `stats.implicit.within.powers`. A panel per quantity, a line per part of the images."""
    require(
        implicit_powers, "implicit_powers", "measure", "power", "part", "name", "value", "ci_low", "ci_high", "pooled"
    )
    rows = implicit_powers[implicit_powers["value"].notna()]
    parts = _in_order(dict.fromkeys(zip(rows["part"], rows["name"])))
    figure, axes = panels(1, len(_POWERS), 0.9 + 0.27 * max(len(parts), 2), sharey=True)
    for ax, (power, words) in zip(axes[0], _POWERS.items()):
        ax.axvline(0, color=FAINT, lw=1.0, zorder=1)
        for shift, measure in enumerate(_MEASURES):
            own = rows[(rows["power"] == power) & (rows["measure"] == measure)]
            if own.empty:
                continue
            colour, marker = _LOOKS[measure]
            heights = [parts.index(part) + 0.22 * (shift - 1) for part in zip(own["part"], own["name"])]
            ax.hlines(heights, own["ci_low"], own["ci_high"], color=colour, lw=1.4)
            ax.scatter(
                own["value"], heights, color=colour, marker=marker, s=16, lw=0, label=_MEASURES[measure], zorder=3
            )
            pooled = [value for value, part in zip(own["pooled"], own["part"]) if part == "all"]
            at = [height for height, part in zip(heights, own["part"]) if part == "all"]
            ax.scatter(pooled, at, color=MUTED, marker="x", s=16, lw=1.0, label="all together", zorder=2)
        ax.set(xlabel="rank correlation", title=words, xlim=(-1.05, 1.05))
    axes[0, 0].set_yticks(range(len(parts)), [_words(*part) for part in parts])
    axes[0, 0].invert_yaxis()
    handles = dict(zip(*reversed(axes[0, 0].get_legend_handles_labels())))
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4, frameon=False, labelcolor=INK)
    return figure


def _in_order(parts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """All, kinds as they come, and encodings as everywhere."""
    parts = list(parts)
    encodings = ordered(name for part, name in parts if part == "encoding")
    return [*(each for each in parts if each[0] != "encoding"), *(("encoding", name) for name in encodings)]


def _words(part: str, name: str) -> str:
    return {"all": "all", "encoding": title_of(name)}.get(part, name)
