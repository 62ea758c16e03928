"""One page that a reader who has not read the paper can follow: question, number, picture, caveat.

Numbers, tables and pictures come in as they are; nothing is computed here but how they look. Whatever a run does
not have is None or absent, and the page says so in its place.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd

from phiscope.errors import ConfigError, DataError

TEMPLATE = Path(__file__).parents[1] / "workflow" / "report" / "report.html.j2"

_KINDS = {b"\x89PNG": "image/png", b"<?xml": "image/svg+xml", b"<svg": "image/svg+xml"}
_DASH = "–"


@dataclass(frozen=True)
class Estimate:
    """A measured number: value, interval [low, high] made as `interval` says, n samples behind it, the paper's value.

    unit is `share` (written as a percentage) or anything else (written as a number). NaN or None where there is none.
    """

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    interval: str = ""
    paper: float | None = None
    unit: str = "share"

    @classmethod
    def of(cls, row: Mapping[str, Any], unit: str | None = None) -> Estimate:
        """From a row of the `paper_comparison` table; the unit is the row's, or told."""
        unit = unit or row.get("unit", "share")
        return cls(
            row["value"], row["ci_low"], row["ci_high"], row["n"], row["interval"] or "", row["paper_value"], unit
        )


@dataclass(frozen=True)
class SamplePage:
    """One test sample: names of its label, predicted and closest class; Table 1 as margins by class name.

    A margin is NaN where no flip point exists. inside: how many training and test samples its ball holds.
    """

    sample: int
    label: str
    predicted: str
    closest: str
    margin: float
    distance: float
    margins: Mapping[str, float]
    inside: tuple[int, int] | None = None
    figure: bytes | None = None


@dataclass(frozen=True)
class ReportData:
    """Everything the page shows.

    numbers: estimates by key, see `NUMBERS`; figures: svg or png bytes by the names of `phiscope.figures.FIGURES`;
    comparison: the `paper_comparison` table; certificates: any frame with a row per kind of solved problem;
    lipschitz: σ_max(Wφ) and the largest observed ratio of (14); left_out: sentences on what this run did not do.
    """

    title: str
    dataset: str
    classifier: str
    class_names: Sequence[str]
    train_count: int
    test_count: int
    feature_count: int
    date: str
    config: str
    provenance: Mapping[str, Any]
    lower_bound: float | None = 0.0
    trained: bool = True
    pixel_count: int = 0
    lipschitz: tuple[float, float] | None = None
    numbers: Mapping[str, Estimate] = field(default_factory=dict)
    figures: Mapping[str, bytes] = field(default_factory=dict)
    samples: Sequence[SamplePage] = ()
    comparison: pd.DataFrame | None = None
    certificates: pd.DataFrame | None = None
    left_out: Sequence[str] = ()

    def __post_init__(self) -> None:
        unknown = sorted(set(self.numbers) - set(NUMBERS))
        if unknown:
            raise ConfigError(f"report: no place for the numbers {unknown}; expected keys among {list(NUMBERS)}")


# Key of a number -> what it is. All are optional.
NUMBERS: dict[str, str] = {
    "accuracy": "share of test samples the classifier gets right",
    "closer_to_hull": "share of test samples closer to the hull than to the closest decision boundary",
    "outside_feature": "share of test samples proven outside the hull in feature space",
    "outside_pixel": "share of the projected test samples proven outside the hull in pixel space",
    "accuracy_after_feature": "accuracy at the projections onto the hull in feature space",
    "accuracy_before_pixel": "accuracy on the samples that are projected in pixel space",
    "accuracy_after_pixel": "accuracy on the projections onto the hull in pixel space",
    "same_label_feature_pooled": "share of support samples with the sample's label, feature space, over all rows",
    "same_label_feature_query": "the same, mean over samples",
    "same_label_feature_weighted": "the same, weighted by coefficient",
    "same_label_pixel_pooled": "as above in pixel space",
    "same_label_pixel_query": "as above in pixel space",
    "same_label_pixel_weighted": "as above in pixel space",
    "balls_train_nonempty": "share of training samples whose ball holds another sample",
    "balls_test_nonempty": "share of test samples whose ball holds another sample",
    "balls_mean": "other samples in a ball, on average",
    "balls_most": "other samples in the fullest ball",
    "in_union": "share of test samples in the ball of some training sample",
    "human_ambiguity": "rank correlation of the ambiguity indicator with the entropy of human labels",
    "human_confidence": "rank correlation of the softmax confidence with the entropy of human labels",
}


def render(data: ReportData, template: Path = TEMPLATE) -> str:
    """The page as one self-contained HTML text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        percent=percent, significant=significant, data_uri=data_uri, cell=cell, count="{:,}".format
    )
    return environment.get_template(template.name).render(
        data=data, comparison=comparison_rows(data.comparison), certificates=_records(data.certificates)
    )


def percent(share: float | None) -> str:
    """0.783 -> `78.3 %`; small shares keep a digit that is not zero, and only all or nothing reads 100 % or 0 %."""
    if not _known(share):
        return _DASH
    for digits in (1, 2, 3):
        rounded = round(100 * share, digits)
        if 0 < rounded < 100 or share in (0, 1):
            break
    return f"{100 * share:.{0 if share in (0, 1) else digits}f} %"


def significant(value: float | None, digits: int = 3) -> str:
    """A number with so many significant digits, thousands apart, and a true minus; whole numbers in full."""
    if not _known(value):
        return _DASH
    if float(value).is_integer() or abs(value) >= 10**digits:
        return f"{value:,.0f}".replace("-", "−")
    if 0 < abs(value) < 1e-3:
        return f"{value:.1e}".replace("-", "−")
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{value:.{max(places, 0)}f}".replace("-", "−")


def data_uri(picture: bytes) -> str:
    """Svg or png bytes as a data URI; in an <img>, the ids inside one svg cannot meet those of another."""
    for start, kind in _KINDS.items():
        if picture.startswith(start):
            return f"data:{kind};base64,{base64.b64encode(picture).decode()}"
    raise DataError(f"report: a figure begins with {picture[:8]!r}; expected the bytes of an svg or png file")


def cell(value: Any) -> str:
    """A table cell: numbers short, nothing as a dash, the rest as it is."""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, float, np.number)):
        return significant(value, 2 if abs(value) < 1e-3 else 3)
    return _DASH if value is None or value is pd.NA else str(value)


def comparison_rows(table: pd.DataFrame | None) -> list[dict[str, Any]]:
    """The rows of the table with numbers in words: shares as percentages, by the rule the figure follows."""
    if table is None or table.empty:
        return []
    from phiscope.figures.comparison import shares_of  # deferred: a page without the table needs no matplotlib

    shares = set(shares_of(table).index)
    rows = []
    for index, row in zip(table.index, table.to_dict("records")):
        written = percent if index in shares else significant
        known = _known(row["ci_low"]) and _known(row["ci_high"])
        rows.append(
            {
                "quantity": row["quantity"],
                "section": row["section"] or "",
                "paper": written(row["paper_value"]),
                "value": written(row["value"]),
                "interval": f"{written(row['ci_low'])} to {written(row['ci_high'])}" if known else "",
                "how": row["interval"] or "",
                "n": f"{int(row['n']):,}" if _known(row["n"]) else _DASH,
            }
        )
    return rows


def _records(table: pd.DataFrame | None) -> tuple[list[str], list[list[Any]]]:
    """Headings in words, and rows."""
    if table is None or table.empty:
        return [], []
    return [str(name).replace("_", " ") for name in table], table.astype(object).to_numpy().tolist()


def _known(value: Any) -> bool:
    return value is not None and not pd.isna(value)
