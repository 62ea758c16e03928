"""One sample before and after attacks, what changed, and where it stands (Yousefzadeh 2022, Figure 14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.pictures import show, show_change
from phiscope.figures.style import INK, MUTED, WRONG, blank, themed, words_alone
from phiscope.words.numbers import significant

CAPTION = (
    "Before and after each attack, what changed (grey: nothing), and its distances in feature space (Yousefzadeh "
    "2022, Figure 14)."
)
CATEGORY = "Attacks and detection"
ALT = "A sample before and after each attack, the difference, and the distances"
DENSE = True
WHEN = "attacks"
ONE_PER = "sample"

Exhibit = Mapping[str, Any]


@themed
def draw(attacked_samples: Sequence[Exhibit]) -> Figure:
    """attacked_samples: one mapping per attack, with the same sample in all.

    view; image and attacked, two images; before and after, mappings with predicted (a name), margin and distance;
    success and success_8bit, whether the class changed, and whether it does after rounding to 8 bits; l2, linf, the
    size of the change in pixels in [0, 1]. Without any attack the figure says so.
    """
    if not attacked_samples:
        return words_alone("No attack was made of this sample in this run.")
    figure = blank(height=2.05 * len(attacked_samples))
    axes = figure.subplots(len(attacked_samples), 4, squeeze=False, width_ratios=[1, 1, 1, 1.25])
    for line, exhibit in zip(axes, attacked_samples):
        _row(line, exhibit)
    return figure


def _row(axes: Sequence[Axes], exhibit: Exhibit) -> None:
    before, after = exhibit["before"], exhibit["after"]
    show(axes[0], exhibit["image"], f"original: {before['predicted']}")
    changed = before["predicted"] != after["predicted"]
    show(axes[1], exhibit["attacked"], f"{exhibit['view']}: {after['predicted']}", WRONG if changed else INK)
    show_change(axes[2], exhibit["image"], exhibit["attacked"])
    _numbers(axes[3], exhibit)


def _numbers(ax: Axes, exhibit: Exhibit) -> None:
    """The distances before and after, and how large the change is."""
    ax.axis("off")
    before, after = exhibit["before"], exhibit["after"]
    lines = [("", "before", "after", MUTED)]
    for name, key in (("boundary", "margin"), ("hull", "distance")):
        lines.append((name, significant(before[key]), significant(after[key]), INK))
    for place, (name, *numbers, colour) in enumerate(lines):
        y = 0.86 - 0.12 * place
        ax.text(0.0, y, name, va="top", color=MUTED, fontsize=8.0, transform=ax.transAxes)
        for x, text in zip((0.66, 1.0), numbers):
            ax.text(x, y, text, ha="right", va="top", color=colour, fontsize=8.0, transform=ax.transAxes)
    change = [
        f"change in pixels: {significant(exhibit['l2'])} (L2)",
        f"largest: {significant(255 * exhibit['linf'], 2)} of 255",
        _outcome(exhibit),
    ]
    ax.text(
        0.0,
        0.42,
        "\n".join(change),
        va="top",
        color=INK,
        fontsize=8.0,
        linespacing=1.5,
        transform=ax.transAxes,
    )


def _outcome(exhibit: Exhibit) -> str:
    if not exhibit["success"]:
        return "the attack fails"
    return "survives 8 bits" if exhibit["success_8bit"] else "gone after 8 bits"
