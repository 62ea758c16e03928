"""How the classifier learned: losses, accuracy and learning rate by epoch."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.style import HULL, INK, MARGIN, MUTED, legend_above, panels, themed
from phiscope.words.numbers import percent

CAPTION = (
    "Training: the loss on the training and on held-out images (logarithmic), the accuracy on the held-out images, "
    "and the step size, by epoch."
)
CATEGORY = "The classifier"
ALT = "Loss, accuracy and learning rate by epoch of training"
DENSE = False
WHEN = "trained"
STACKS = True


@themed
def draw(classifier_log: pd.DataFrame) -> Figure:
    """classifier_log: one row per epoch with epoch, learning_rate, train_loss, val_loss, val_accuracy."""
    require(classifier_log, "training log", "epoch", "learning_rate", "train_loss", "val_loss", "val_accuracy")
    classifier_log = classifier_log.sort_values("epoch")
    figure, axes = panels(1, 3, 2.5)
    losses, accuracy, rate = axes[0]
    _line(losses, classifier_log, "train_loss", MARGIN)
    _line(losses, classifier_log, "val_loss", HULL)
    losses.set(title="cross-entropy", yscale="log")
    losses.yaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
    losses.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    losses.yaxis.set_minor_formatter(NullFormatter())
    legend_above(losses, labels=["training", "validation"])
    _line(accuracy, classifier_log, "val_accuracy", HULL)
    accuracy.set_title("validation accuracy")
    accuracy.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    measured = classifier_log["val_accuracy"].dropna()
    accuracy.annotate(
        f"last: {percent(measured.iloc[-1])}" if len(measured) else "",
        (0.97, 0.06), xycoords="axes fraction", ha="right", color=INK,
    )  # fmt: skip
    _line(rate, classifier_log, "learning_rate", MUTED)
    rate.set_title("learning rate")
    for ax in axes[0]:
        ax.set_xlabel("epoch")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def _line(ax, log: pd.DataFrame, column: str, colour: str) -> None:
    """A curve; a single epoch, or few, show as dots too."""
    ax.plot(log["epoch"], log[column], color=colour, lw=1.4, marker="o" if len(log) <= 12 else None, ms=3)
