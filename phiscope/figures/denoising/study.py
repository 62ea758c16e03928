"""What the denoising lecture claims about denoising autoencoders, one panel each, over seeds."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.style import DENSITY, FAINT, INK, MARGIN, MUTED, panels, themed
from phiscope.words.numbers import significant

CAPTION = (
    "What the denoising lecture says of denoising autoencoders, put to small ones on these images: means "
    "over seeds with intervals for another training."
)
CATEGORY = "Denoising"
ALT = "One panel per experiment: settings against what was measured, over seeds"
DENSE = False
WHEN = "study"
STACKS = True

_GAUSSIAN, _CLEAN = "gaussian", "clean"
# Experiment, measure, noise it begins with (None: none), title, axis.
PANELS = (
    ("filter_denoising", "psnr", _GAUSSIAN, "Least squares of a noisy image", "mean PSNR in dB"),
    ("filter_classification", "accuracy", None, "Classes from filter banks", "accuracy of a linear classifier"),
    ("step_size", "psnr", _GAUSSIAN, "Plain SGD: which step size?", "mean PSNR in dB, Gaussian noise"),
    ("step_size", "rise", None, "Does it settle?", "rise of the loss an epoch"),
    ("optimiser", "psnr", _GAUSSIAN, "Which optimiser?", "mean PSNR in dB, Gaussian noise"),
    ("schedule", "psnr", _GAUSSIAN, "Which schedule, AdamW?", "mean PSNR in dB, Gaussian noise"),
    ("penalty", "psnr", _GAUSSIAN, "Which penalty?", "mean PSNR in dB, Gaussian noise"),
    ("penalty_few_images", "psnr", _GAUSSIAN, "Which penalty, few images?", "mean PSNR in dB, Gaussian noise"),
    ("augmentation", "psnr", _GAUSSIAN, "Does augmentation help?", "mean PSNR in dB, Gaussian noise"),
    ("augmentation_few_images", "psnr", _GAUSSIAN, "Augmentation, few images", "mean PSNR in dB, Gaussian noise"),
    ("retrained", "psnr", _GAUSSIAN, "Best penalty, retrained: new images", "mean PSNR in dB, Gaussian noise"),
    ("losses", "sharpness", _GAUSSIAN, "Does L2 blur more than L1?", "gradient on strong edges, 1 is as sharp"),
    ("losses", "flat_error", _GAUSSIAN, "What do they leave in flat regions?", "error (RMS) where it is flat"),
    ("losses", "out_of_range", _GAUSSIAN, "Do they stay in range?", "share of output pixels outside [0, 1]"),
    ("cheating", "psnr", _CLEAN, "Pairs without noise: clean input", "mean PSNR in dB, clean input"),
    ("cheating", "psnr", _GAUSSIAN, "Pairs without noise: noisy input", "mean PSNR in dB, Gaussian noise"),
    ("codes", "probe_accuracy", None, "What are codes good for?", "accuracy of a linear probe"),
    ("gradients", "gradient_norm", None, "Which losses push at all?", "norm of the gradient"),
)
MEASURES = ("psnr", "psnr_trained", "variance")  # that pages have beside those of the panels


@themed
def draw(study_summary: pd.DataFrame) -> Figure:
    """study_summary: as from `phiscope.stats.study_summary`. Experiments that were not made have no panel.

    Dark: the first setting. Hollow: what does not differ from it for sure, seed by seed.
    """
    require(study_summary, "study_summary", "value", "experiment", "setting", "measure", "noise", "ci_low", "ci_high")
    require(study_summary, "study_summary", "difference_low", "difference_high")
    shown = [(panel, rows) for panel in PANELS if len(rows := _rows(study_summary, *panel[:3]))]
    matrix = study_summary[(study_summary["experiment"] == "generalisation") & (study_summary["measure"] == "psnr")]
    variance = study_summary[study_summary["measure"] == "variance"]
    count = len(shown) + bool(len(matrix)) + bool(len(variance))
    figure, axes = panels(-(-count // 2), 2, 2.1)
    places = list(axes.ravel())
    for (*_, title, label), rows in shown:
        _dots(places.pop(0), rows, title, label)
    if len(variance):
        _variance(places.pop(0), variance)
    if len(matrix):
        _matrix(places.pop(0), matrix)
    for ax in places:
        ax.axis("off")
    return figure


def _rows(frame: pd.DataFrame, experiment: str, measure: str, noise: str | None) -> pd.DataFrame:
    rows = frame[(frame["experiment"] == experiment) & (frame["measure"] == measure)]
    return rows if noise is None else rows[rows["noise"].str.startswith(noise, na=False)]


def _dots(ax: Axes, rows: pd.DataFrame, title: str, label: str) -> None:
    places = np.arange(len(rows))
    ax.hlines(places, rows["ci_low"].fillna(rows["value"]), rows["ci_high"].fillna(rows["value"]), color=FAINT, lw=3)
    apart = (rows["difference_low"] > 0) | (rows["difference_high"] < 0)
    inside = [INK, *(MARGIN if sure else "white" for sure in apart.iloc[1:])]
    ax.scatter(rows["value"], places, s=24, color=inside, edgecolors=[INK, *[MARGIN] * (len(rows) - 1)], zorder=3)
    ax.set(yticks=places, yticklabels=rows["setting"], ylim=(len(rows) - 0.5, -0.5), xlabel=label, title=title)
    ax.margins(x=0.08)


def _variance(ax: Axes, rows: pd.DataFrame) -> None:
    sizes = rows["setting"].str.removeprefix("B = ").astype(int)
    ax.plot(sizes, rows["value"], "o-", color=MARGIN, ms=4)
    ax.plot(sizes, rows["value"].iloc[0] * sizes.iloc[0] / sizes, color=MUTED, lw=1, ls="--")
    ax.set(xscale="log", yscale="log", xlabel="batch size B", ylabel="variance / |mean|²")
    ax.set_title("Gradient’s variance; dashed 1 / B")


def _matrix(ax: Axes, rows: pd.DataFrame) -> None:
    """Training noise down, test noise across."""
    settings, noises = list(dict.fromkeys(rows["setting"])), list(dict.fromkeys(rows["noise"]))
    values = rows.pivot(index="setting", columns="noise", values="value").loc[settings, noises].to_numpy()
    ax.imshow(values, cmap=DENSITY, aspect="auto")
    middle = (np.nanmin(values) + np.nanmax(values)) / 2
    for (row, column), value in np.ndenumerate(values):
        colour = "white" if value > middle else INK
        ax.text(column, row, significant(value), ha="center", va="center", color=colour, fontsize=7)
    ax.set(yticks=range(len(settings)), yticklabels=settings, title="PSNR in dB, trained on by tested on")
    ax.set_xticks(range(len(noises)), [noise.split()[0] for noise in noises], rotation=25, ha="right")
