"""How generator and encoders learned: losses by epoch."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.style import HULL, MARGIN, class_colours, legend_above, panels, themed

CAPTION = "The GAN’s losses, and the encoders on images that were held out."
CATEGORY = "Latent space"
ALT = "Losses of generator and discriminator, squared error and accuracy of the encoders, by epoch"
DENSE = False
WHEN = "trained_encoders"
STACKS = True

COLOURS = {"generator_loss": MARGIN, "discriminator_loss": HULL}


@themed
def draw(encoder_logs: pd.DataFrame, generator_log: pd.DataFrame | None = None) -> Figure:
    """encoder_logs: setting, epoch, val_squared_error, val_accuracy of every trained encoder; generator_log: epoch,
    losses.
    """
    require(encoder_logs, "encoder_logs", "setting", "epoch", "val_squared_error", "val_accuracy")
    figure, axes = panels(1, 3, 2.6)
    if generator_log is None:
        axes[0, 0].axis("off")
    else:
        for column, colour in COLOURS.items():
            axes[0, 0].plot(
                generator_log["epoch"], generator_log[column], color=colour, lw=1.2, label=column.partition("_")[0]
            )
        axes[0, 0].set_title("losses of the GAN")
        legend_above(axes[0, 0])
    _curves(axes[0, 1], encoder_logs, "val_squared_error", "encoder: squared error")
    _curves(axes[0, 2], encoder_logs, "val_accuracy", "decoded images recognised")
    axes[0, 2].yaxis.set_major_formatter(PercentFormatter(1.0))
    legend_above(axes[0, 1])
    for ax in axes[0]:
        ax.set_xlabel("epoch")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def _curves(ax: Axes, logs: pd.DataFrame, column: str, title: str) -> None:
    settings = list(dict.fromkeys(logs["setting"]))
    for setting, colour in zip(settings, class_colours(len(settings))):
        rows = logs[logs["setting"] == setting].groupby("epoch")[column].mean()
        ax.plot(rows.index, rows, color=colour, lw=1.2, marker="o" if len(rows) <= 12 else None, ms=3, label=setting)
    ax.set_title(title)
