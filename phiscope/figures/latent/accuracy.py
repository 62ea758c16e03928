"""LSD as a classifier: a batch, trials, how early the label comes (Toledo-Marín and Glazier 2021, Figure 5)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.style import HULL, INK, MARGIN, MUTED, SPACES, WRONG, blank, legend_above, themed

CAPTION = "Toledo-Marín and Glazier 2021, Figure 5. Dashed: the classifier on the images."
CATEGORY = "Latent space"
ALT = "Labels of a batch, accuracy by trial, and how often the label is among the largest amplitudes"
DENSE = False
WHEN = "latent"

BATCH = 25
RULE = {"encoding": "sampled", "basis": "gram-schmidt", "axes": "all", "sign": "magnitude"}


@themed
def draw(
    sampled_spectra: pd.DataFrame, main_trials: pd.DataFrame, main_latent: pd.DataFrame, classes: Sequence[str]
) -> Figure:
    """All of one setting. sampled_spectra: rows of the table for one trial in one basis; main_trials: trial, measure,
    encoding, basis, axes, sign, k, value; main_latent: rows of the table.
    """
    require(sampled_spectra, "sampled_spectra", "label", "predicted")
    require(main_trials, "main_trials", "trial", "measure", "value")
    require(main_latent, "main_latent", "measure", "value")
    figure = blank(4.6)
    top, bottom = figure.subfigures(2, 1, squeeze=False, height_ratios=[1.15, 1])[:, 0]
    _batch(top.subplots(), sampled_spectra.head(BATCH), classes)
    by_trial, cumulative = bottom.subplots(1, 2)
    _by_trial(by_trial, main_trials, main_latent)
    _cumulative(cumulative, main_latent)
    return figure


def _batch(ax: Axes, rows: pd.DataFrame, classes: Sequence[str]) -> None:
    place = range(len(rows))
    right = (rows["label"] == rows["predicted"]).to_numpy()
    ax.scatter(place, rows["label"], s=70, facecolor="none", edgecolor=MARGIN, lw=1.3, label="label")
    looks = ((right, SPACES["feature"], "o", "LSD, right"), (~right, WRONG, "D", "LSD, wrong"))
    for flags, colour, marker, name in looks:
        classified = rows.assign(place=place)[flags & (rows["predicted"] >= 0).to_numpy()]
        ax.scatter(classified["place"], classified["predicted"], s=16, color=colour, marker=marker, lw=0, label=name)
    ax.set(title="a batch of test images", xlabel="image", ylabel="label", yticks=range(len(classes)))
    ax.set_yticklabels(classes if len(classes) <= 12 else [""] * len(classes))
    ax.set_ylim(-0.6, len(classes) - 0.4)
    ax.legend(frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0.55, 1.0), borderpad=0)


def _chosen(frame: pd.DataFrame, measure: str, **where: str | int) -> pd.DataFrame:
    frame = frame[frame["measure"] == measure]
    for key, value in where.items():
        frame = frame[frame[key] == value]
    return frame


def _by_trial(ax: Axes, trials: pd.DataFrame, latent: pd.DataFrame) -> None:
    lsd = _chosen(trials, "lsd", **RULE, k=1)
    decoded = _chosen(trials, "encode_decode", encoding="sampled")
    for rows, colour, name in ((decoded, MARGIN, "encoded, decoded"), (lsd, HULL, "largest amplitude")):
        ax.scatter(rows["trial"] + 1, rows["value"], s=14, color=colour, lw=0, label=name)
    reference = _chosen(latent, "classifier")["value"]
    if len(reference):
        ax.axhline(reference.iloc[0], color=INK, lw=1.0, ls="--", label="classifier")
    ax.set(title="accuracy by trial", xlabel="trial")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    legend_above(ax)
    ax.set_yticks([tick for tick in ax.get_yticks() if ax.get_ylim()[0] <= tick <= 1])


def _cumulative(ax: Axes, latent: pd.DataFrame) -> None:
    rows = _chosen(latent, "lsd", **RULE).sort_values("k")
    ax.plot(rows["k"], rows["value"], color=HULL, marker="o", ms=3.5, lw=1.2)
    ax.fill_between(rows["k"], rows["ci_low"], rows["ci_high"], color=HULL, alpha=0.2, lw=0)
    reference = _chosen(latent, "classifier")["value"]
    if len(reference):
        ax.axhline(reference.iloc[0], color=MUTED, lw=1.0, ls="--")
    ax.set(title="label among the n largest amplitudes", xlabel="n")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
