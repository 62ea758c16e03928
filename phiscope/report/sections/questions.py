"""Which detector tells errors, people's disagreement and samples of other data sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.report.estimate import MeasuredNumber
from phiscope.words.detectors import title_of
from phiscope.words.numbers import known, signed

TITLE = "Which number tells errors, disagreement and out-of-distribution samples?"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ("detector_questions",)

_WORDS = {"error": "wrong predictions", "disagreement": "people disagree", "foreign": "other data: {view}"}


class DetectorAnswer(NamedTuple):
    """A question in words; how many samples are in question, and how many others; the detector with the largest area,
    its area and false positive rate, and how much larger than that of three others its area is, in words."""

    question: str
    n: int
    others: int
    best: str
    area: MeasuredNumber
    rate: MeasuredNumber
    differences: Mapping[str, str]


def data(run: Run) -> list[DetectorAnswer] | None:
    rows = run["detector_questions"]
    if rows is None or rows.empty:
        return None
    return [
        _answer(_WORDS[str(question)].format(view=view), part)
        for (question, view), part in rows.groupby(["question", "view"], sort=False)
    ]


def _answer(question: str, rows: pd.DataFrame) -> DetectorAnswer:
    areas, rates = (rows[rows["measure"] == measure] for measure in ("area", "fpr95"))
    name = areas.loc[areas["value"].idxmax(), "detector"]
    best, rate = areas[areas["detector"] == name], rates[rates["detector"] == name].iloc[0]
    first = best.iloc[0]
    differences = {title_of(row["against"]): _difference(row) for row in best.to_dict("records")}
    area = MeasuredNumber(first["value"], first["ci_low"], first["ci_high"], unit="area")
    flagged = MeasuredNumber(rate["value"], rate["ci_low"], rate["ci_high"])
    return DetectorAnswer(
        question, int(first["n"]), int(first["n_genuine"]), title_of(name), area, flagged, differences
    )


def _difference(row: Mapping[str, Any]) -> str:
    if row["difference"] == 0:
        return "–"
    low, high = row["difference_low"], row["difference_high"]
    ends = f" [{signed(low, 3)}, {signed(high, 3)}]" if known(low) and known(high) else ""
    return f"{signed(row['difference'], 3)}{ends}"
