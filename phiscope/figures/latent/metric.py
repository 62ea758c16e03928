"""How far labels are apart in latent space, beside how often they are confused, and how linear the generator is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.style import MARGIN, class_colours, class_legend, note, panels, themed

CAPTION = (
    "Angles between the averages of classes; the same against how probable the classifier finds the other class; how "
    "far the generator is from linear along each axis (0 % is linear)."
)
CATEGORY = "Latent space"
ALT = "Angles between classes, confusion, error of linearisation"
DENSE = False
WHEN = "latent"
STACKS = True


@themed
def draw(latent_metric: pd.DataFrame, latent_linearity: pd.DataFrame, classes: Sequence[str]) -> Figure:
    """latent_metric: label, other, angle, length, confusion; latent_linearity: label, step, error."""
    require(latent_metric, "latent_metric", "label", "other", "angle", "confusion")
    require(latent_linearity, "latent_linearity", "label", "step", "error")
    figure, axes = panels(1, 3, 2.7)
    _matrix(axes[0, 0], latent_metric, classes)
    _confusion(axes[0, 1], latent_metric)
    colours = class_colours(len(classes))
    for label, rows in latent_linearity.groupby("label"):
        axes[0, 2].plot(rows["step"], rows["error"], color=colours[label], lw=0.9)
    axes[0, 2].set(title="error of the linearisation", xscale="log", xlabel="step along an axis", ylim=(0, None))
    axes[0, 2].yaxis.set_major_formatter(PercentFormatter(1.0))
    class_legend(figure, classes)
    return figure


def _matrix(ax: Axes, metric: pd.DataFrame, classes: Sequence[str]) -> None:
    values = metric.assign(angle=np.degrees(metric["angle"])).pivot(index="label", columns="other", values="angle")
    shown = ax.imshow(values.to_numpy(), cmap="viridis", interpolation="nearest")
    names = [classes[label] for label in values.index]
    names = names if len(names) <= 12 else []
    ax.set_xticks(range(len(names)), names, rotation=90 if max(map(len, names), default=0) > 2 else 0)
    ax.set_yticks(range(len(names)), names)
    ax.set_title("angle between averages (°)")
    ax.figure.colorbar(shown, ax=ax, fraction=0.046, pad=0.03)


def _confusion(ax: Axes, metric: pd.DataFrame) -> None:
    pairs = metric[metric["label"] < metric["other"]]
    ax.scatter(np.degrees(pairs["angle"]), pairs["confusion"], s=12, color=MARGIN, lw=0)
    ax.set(title="beside the classifier", xlabel="angle (°)", ylabel="probability of the other", yscale="log")
    if len(pairs) > 2:
        note(ax, [(f"rank correlation {pairs['angle'].corr(pairs['confusion'], 'spearman'):.2f}", MARGIN)])
