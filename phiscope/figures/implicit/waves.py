"""Is a latent direction one wave? Over how many functions of a basis the response to it is spread, beside controls."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from phiscope.figures.checks import require
from phiscope.figures.style import HULL, INK, MARGIN, MUTED, SPACES, panels, themed

CAPTION = (
    "The response of a decoder to one latent direction, and three controls: over how many functions of a basis its "
    "energy is spread. There are about half as many waves as functions of the other bases. The dotted line is a "
    "single function. Bars are intervals over directions, and over networks where weights are random."
)
CATEGORY = "Images as functions of position"
ALT = "How many functions of a basis hold the response to a latent direction"
DENSE = False
WHEN = "latent_waves"
STACKS = True

COLOURS = {"waves": MARGIN, "dct": SPACES["feature"], "pixels": HULL, "orthogonal": MUTED}
_BASES = {"waves": "waves, any phase", "dct": "DCT", "pixels": "pixels", "orthogonal": "random basis"}
_KINDS = {
    "latent": "latent directions",
    "random": "random directions",
    "untrained": "random weights",
    "difference": "image differences",
}
_ACROSS = 3
_FAMILIES = {"singular": "singular vectors", "strongest": "strongest singular", "rows": "rows of the Jacobian"}
_MARKERS = "osD^"  # of the bases: their colours alone are not told from each other by everybody


@themed
def draw(latent_waves: pd.DataFrame) -> Figure:
    """latent_waves: as from `phiscope.stats.latent_waves`. A panel per network and family of directions.

    Mean effective number of functions, with its interval; one would be a response that is a single function.
    """
    require(latent_waves, "latent_waves", "network", "family", "basis", "kind", "measure", "value", "ci_low", "ci_high")
    rows = latent_waves[latent_waves["measure"] == "effective"]
    parts = list(rows.groupby(["network", "family"], sort=False))
    lines = -(-len(parts) // _ACROSS)
    figure, axes = panels(lines, min(len(parts), _ACROSS), 2.3 if lines > 1 else 2.7, sharey=True)
    for ax, ((network, family), part) in zip(axes.ravel(), parts):
        _panel(ax, part)
        ax.set(title=f"{network}: {_FAMILIES.get(family, family)}", xlabel="effective number")
    for ax in axes.ravel()[len(parts) :]:
        ax.axis("off")
    kinds = [kind for kind in _KINDS if kind in set(rows["kind"])]
    for line in axes:
        line[0].set_yticks(range(len(kinds)), [_KINDS[kind] for kind in kinds])
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
    return figure


def _panel(ax: Axes, rows: pd.DataFrame) -> None:
    places = {kind: place for place, kind in enumerate(kind for kind in _KINDS if kind in set(rows["kind"]))}
    ax.axvline(1, color=INK, lw=0.8, ls=":")
    for shift, (basis, colour) in enumerate(COLOURS.items()):
        part = rows[rows["basis"] == basis]
        heights = part["kind"].map(places).astype(float) + 0.12 * (shift - 1.5)
        ax.hlines(heights, part["ci_low"], part["ci_high"], color=colour, lw=1.6)
        ax.scatter(
            part["value"], heights, color=colour, marker=_MARKERS[shift], s=18, lw=0, label=_BASES[basis], zorder=3
        )
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_locator(NullLocator())
