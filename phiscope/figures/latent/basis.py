"""How far averages and axes can be trusted: convergence with V, condition numbers, the order of labels."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.style import HULL, MARGIN, MUTED, legend_above, panels, themed

CAPTION = (
    "Left: averages and deviations of two disjoint halves; dotted, what independent latents give. Right: each dot is "
    "one order of the classes."
)
CATEGORY = "Latent space"
ALT = "Convergence with V, condition number, accuracy by order of classes"
DENSE = False
WHEN = "latent"
STACKS = True

KINDS = {"encoded": MARGIN, "drawn": HULL}


@themed
def draw(main_basis: pd.DataFrame) -> Figure:
    """main_basis: quantity, kind, x, value, of one encoder."""
    require(main_basis, "main_basis", "quantity", "kind", "x", "value")
    figure, axes = panels(1, 3, 2.8, width_ratios=[1, 0.8, 1.2])
    _convergence(axes[0, 0], main_basis)
    condition = main_basis[main_basis["quantity"] == "condition"]
    axes[0, 1].plot(condition["x"], condition["value"], color=MARGIN, lw=1.3)
    axes[0, 1].set(title="condition number", xlabel="averages, set by set", yscale="log")
    _order(axes[0, 2], main_basis[main_basis["quantity"] == "order"])
    return figure


def _convergence(ax: Axes, numbers: pd.DataFrame) -> None:
    looks = {"average": "-", "deviation": "--"}
    for kind, colour in KINDS.items():
        for quantity, line in looks.items():
            rows = numbers[(numbers["quantity"] == f"convergence_{quantity}") & (numbers["kind"] == kind)]
            ax.plot(rows["x"], rows["value"], color=colour, ls=line, lw=1.3, label=f"{kind}, {quantity}s")
        rows = numbers[(numbers["quantity"] == "convergence_expected") & (numbers["kind"] == kind)]
        ax.plot(rows["x"], rows["value"], color=MUTED, lw=0.8, ls=":")
    ax.set(title="two halves of V latents differ by", xlabel="V", xscale="log", yscale="log")
    legend_above(ax, fontsize=7.5)


def _order(ax: Axes, order: pd.DataFrame) -> None:
    names = list(dict.fromkeys(order["kind"]))
    for place, name in enumerate(names):
        rows = order[order["kind"] == name]
        ax.scatter([place] * len(rows), rows["value"], s=14, color=MARGIN, alpha=0.5, lw=0)
    ax.set_xticks(range(len(names)), [name.replace("-", "\n") for name in names], fontsize=7.5)
    ax.set(title="accuracy by label order", xlim=(-0.6, len(names) - 0.4))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
