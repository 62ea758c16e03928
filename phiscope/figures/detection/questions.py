"""What detectors tell: errors, people's disagreement, samples of other data sets; a panel for each question."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phiscope.figures.checks import require
from phiscope.figures.detection.detectors import area_in_words, ordered
from phiscope.figures.style import FAINT, HULL, INK, MUTED, blank, columns_for, themed, words_alone
from phiscope.words.detectors import title_of
from phiscope.words.numbers import percent

CAPTION = (
    "The area under the ROC curve of every detector, with its interval, rust where it asks for a hull: the chance "
    "that the sample in question gets the larger number of two, 0.5 is guessing. Filled: better or worse than the "
    "raw distance to the hull, by the interval of their difference over the same samples. Right of each panel the "
    "area, and the share of other samples that are flagged where 95 % of those in question are caught."
)
CATEGORY = "Attacks and detection"
ALT = "Area under the ROC curve of each detector for each question, with intervals"
DENSE = False
WHEN = "questions"

_COLUMNS = 2
_OF_HULLS = ("margin-hull", "hull", "class-hull", "hull-ratio", "hull-p", "class-hull-p", "near-both")
_TITLES = {"error": "wrong predictions", "disagreement": "people disagree", "foreign": "other data: {view}"}


@themed
def draw(detector_questions: pd.DataFrame) -> Figure:
    """detector_questions: as from `phiscope.stats`; a panel for each question and view."""
    if detector_questions.empty and "detector" in detector_questions:
        return words_alone("No test sample is known to be wrong, in doubt among people, or of another data set.")
    require(detector_questions, "detector_questions", "question", "detector", "measure", "value", "against", "n")
    groups = list(detector_questions.groupby(["question", "view"], sort=False))
    names = ordered(detector_questions["detector"])
    columns = columns_for(_COLUMNS, _COLUMNS)
    rows = math.ceil(len(groups) / columns)
    figure = blank(height=rows * (0.7 + 0.19 * len(names)))
    axes = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for place in axes.ravel()[len(groups) :]:
        place.axis("off")
    for ax, ((question, view), part) in zip(axes.ravel(), groups):
        _panel(ax, part, names)
        about = part.iloc[0]
        words = _TITLES[str(question)].format(view=view)
        ax.set_title(f"{words}: {int(about['n']):,} of {int(about['n'] + about['n_genuine']):,}")
        ax.set_xlabel("area under the ROC curve")
    return figure


def _panel(ax: Axes, part: pd.DataFrame, names: list[str]) -> None:
    against = part[part["against"] == "hull"] if (part["against"] == "hull").any() else part
    areas = against[against["measure"] == "area"].drop_duplicates("detector").set_index("detector")
    rates = part[part["measure"] == "fpr95"].drop_duplicates("detector").set_index("detector")["value"]
    best = areas["value"].max()
    for place, name in enumerate(names):
        if name not in areas.index:
            continue
        row, colour = areas.loc[name], HULL if name in _OF_HULLS else INK
        ax.hlines(place, row["ci_low"], row["ci_high"], color=colour, lw=1.6)
        apart = np.isfinite(row["difference_low"]) and not row["difference_low"] <= 0 <= row["difference_high"]
        ax.scatter(row["value"], place, s=22, color=colour if apart else "white", edgecolor=colour, zorder=3)
        words = f"{area_in_words(row['value'])}  {percent(rates.get(name))}"
        ax.annotate(words, (1.02, place), xycoords=ax.get_yaxis_transform(), va="center", fontsize=7.5,
                    color=INK if row["value"] == best else MUTED, annotation_clip=False,
                    weight="bold" if row["value"] == best else "normal")  # fmt: skip
    ax.axvline(0.5, color=FAINT, lw=1.0, ls="--", zorder=1)
    ax.set_yticks(range(len(names)), [title_of(name) for name in names])
    ax.set(ylim=(len(names) - 0.4, -0.6), xlim=(min(0.48, areas["ci_low"].min() - 0.02), 1.01))
    ax.tick_params(axis="y", length=0, labelsize=7.5)
