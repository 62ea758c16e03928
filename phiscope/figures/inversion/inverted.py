"""A sample, the images of its closest flip point and of its hull projection (Yousefzadeh 2022, Figures 3c and 5c)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.pictures import show, show_change
from phiscope.figures.style import HULL, INK, MARGIN, MUTED, WRONG, blank, themed, words_alone
from phiscope.words.numbers import significant

CAPTION = (
    "The sample, the image of its closest flip point and of the closest point of the hull, what changed (grey: "
    "nothing), and the distances in both spaces (Yousefzadeh 2022, Figures 3c and 5c)."
)
CATEGORY = "Images of points in feature space"
ALT = "A sample, the images of its flip point and of its hull projection, what changed, and the distances"
DENSE = True
WHEN = "inversions"
ONE_PER = "sample"

Inverted = Mapping[str, Any]

NOT_EXPLORED = "The ball of this sample was left out of this run: it lies beyond inversions.budget."

NAMES = {"flip": "closest flip point", "hull": "closest point of the hull", "deepfool": "DeepFool"}
_FAILED = {"unreached": "not reached", "no_image": "proven to have no image"}
COLOURS = {"flip": MARGIN, "hull": HULL, "deepfool": MUTED}


@themed
def draw(inverted_page: Mapping[str, Any]) -> Figure:
    """inverted_page: image, the sample; own, its predicted class; images, one mapping per image made from it.

    Of these, kind: `flip`, `hull` or `deepfool`; image; predicted, a name; pixel_distance, for pixels in [0, 1]; rms,
    the root mean square change of a pixel in levels of 255. Of inversions also status, target_class (a name),
    feature_distance (of the target to the sample), relative_residual, class_changes. image None: there is none, and
    status says why.
    """
    image, own, rows = (inverted_page[key] for key in ("image", "own", "images"))
    if not rows:
        return words_alone("This sample was not inverted in this run.")
    figure = blank(height=1.95 * len(rows))
    axes = figure.subplots(len(rows), 4, squeeze=False, width_ratios=[1, 1, 1, 1.5])
    for line, row in zip(axes, rows):
        _row(line, image, own, row)
    return figure


def _row(axes: Sequence[Axes], image: Any, own: str, row: Inverted) -> None:
    show(axes[0], image, f"original: {own}")
    if row["image"] is None:
        for ax in axes[1:3]:
            ax.axis("off")
    else:
        show(axes[1], row["image"], f"classified {row['predicted']}", INK if row["predicted"] == own else WRONG)
        show_change(axes[2], image, row["image"])
    axes[3].axis("off")
    axes[3].text(0.0, 0.9, NAMES[row["kind"]], va="top", weight="bold", color=COLOURS[row["kind"]], fontsize=8.5)
    for step, (text, colour) in enumerate(_in_words(own, row)):
        axes[3].text(0.0, 0.76 - 0.12 * step, text, va="top", color=colour, fontsize=8.0)


def _in_words(own: str, row: Inverted) -> list[tuple[str, str]]:
    """What is written beside the pictures, line by line."""
    if row["image"] is None:
        return [(f"no image: {row['status'].replace('_', ' ')}", WRONG)]
    moved = [
        (f"pixels moved by {significant(row['pixel_distance'])} (L2),", INK),
        (f"{significant(row['rms'], 2)} of 255 levels a pixel (RMS)", INK),
    ]
    if row["kind"] == "deepfool":
        return moved
    away = significant(row["feature_distance"])
    where = f"between {own} and {row['target_class']}" if row["kind"] == "flip" else f"classified {row['target_class']}"
    reached = row["status"] not in ("unreached", "no_image")
    residual = f"residual {significant(row['relative_residual'])} of the target’s norm"
    crossed = {0: "no change of class", 1: "one change of class"}.get(
        row["class_changes"], f"{row['class_changes']} changes of class"
    )
    return [
        (f"{away} away in Φ, {where}", INK),
        *moved,
        (residual if reached else f"{_FAILED[row['status']]}: {residual}", MUTED if reached else WRONG),
        (f"{crossed} on the straight way back", MUTED),
    ]
