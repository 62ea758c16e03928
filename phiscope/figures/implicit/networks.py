"""Networks on complete bases: does it matter which, on noise and on images?"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.implicit.encodings import colour, groups_in_order, key, ordered
from phiscope.figures.style import panels, themed
from phiscope.words.encodings import title_of

CAPTION = (
    "Mean PSNR of a network whose inputs are all functions of a complete basis, each of a root mean square of 1: where "
    "all pixels are fitted, and on fitted and held-out pixels. Bars are intervals over images."
)
CATEGORY = "Images as functions of position"
ALT = "PSNR of networks on four complete bases, by kind of image"
DENSE = False
WHEN = "complete_networks"
STACKS = True

_MEASURES = {"psnr_all": "all pixels, all fitted", "psnr_train": "fitted pixels", "psnr_heldout": "held-out pixels"}
_MARKERS = "osD^"  # colours alone are not told from each other by everybody


@themed
def draw(implicit_networks: pd.DataFrame, main_group: str) -> Figure:
    """implicit_networks: as from `stats.implicit.fits.networks`; main_group: the one that comes first.

    A panel per measure, a line per group of images; in it every basis, the random one as the control.
    """
    rows = implicit_networks
    require(rows, "implicit_networks", "group", "measure", "encoding", "value", "ci_low", "ci_high")
    groups = groups_in_order(rows, main_group, most=6)
    measures = {name: words for name, words in _MEASURES.items() if name in set(rows["measure"])}
    figure, axes = panels(1, len(measures), 0.9 + 0.5 * len(groups), sharey=True)
    ways = ordered(rows["encoding"])
    for ax, (measure, words) in zip(axes[0], measures.items()):
        for place, way in enumerate(ways):
            part = rows[(rows["measure"] == measure) & (rows["encoding"] == way)]
            heights = [groups.index(group) + 0.16 * (place - (len(ways) - 1) / 2) for group in part["group"]]
            ax.hlines(heights, part["ci_low"], part["ci_high"], color=colour(way), lw=1.6)
            ax.scatter(
                part["value"], heights, color=colour(way), marker=_MARKERS[place % len(_MARKERS)], s=20, lw=0,
                label=title_of(way), zorder=3,
            )  # fmt: skip
        ax.set(xlabel="PSNR in dB", title=words)
        ax.margins(x=0.12)
    axes[0, 0].set_yticks(range(len(groups)), groups)
    axes[0, 0].invert_yaxis()
    key(figure, axes)
    return figure
