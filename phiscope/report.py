"""One page that a reader who has not read the paper can follow: question, number, picture, caveat.

    page = report.render(report.ReportData(title=..., comparison=tables.read(...), figures={...}, ...))

Numbers, tables and pictures come in as they are; only their looks are decided here. What a run does not have is None
or absent, and the page says so in its place.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd

from phiscope.errors import DataError
from phiscope.figures.comparison import is_share

TEMPLATE = Path(__file__).parents[1] / "workflow" / "report" / "report.html.j2"

_KINDS = {b"\x89PNG": "image/png", b"<?xml": "image/svg+xml", b"<svg": "image/svg+xml"}
_DASH = "–"

# What the text of the page calls a number -> its `quantity` in the table `paper_comparison`.
NUMBERS: dict[str, str] = {
    "closer_to_hull": "share of test samples closer to the hull than to the boundary",
    "outside_feature": "share of test samples proven outside the hull, feature space",
    "outside_pixel": "share of test samples proven outside the hull, pixel space",
    "accuracy": "accuracy of the samples projected in feature space, before",
    "accuracy_after_feature": "accuracy of the samples projected in feature space, after",
    "changed_feature": "share of predictions changed by projecting, feature space",
    "accuracy_before_pixel": "accuracy of the samples projected in pixel space, before",
    "accuracy_after_pixel": "accuracy of the samples projected in pixel space, after",
    "changed_pixel": "share of predictions changed by projecting, pixel space",
    "pooled_feature": "support images with the sample's label, feature space, pooled over all supports",
    "mean_feature": "support images with the sample's label, feature space, mean share per sample",
    "weighted_feature": "support images with the sample's label, feature space, weighted by coefficient",
    "pooled_pixel": "support images with the sample's label, pixel space, pooled over all supports",
    "mean_pixel": "support images with the sample's label, pixel space, mean share per sample",
    "weighted_pixel": "support images with the sample's label, pixel space, weighted by coefficient",
    "balls_train": "share of train balls that hold another sample",
    "balls_test": "share of test balls that hold another sample",
    "balls_mean": "samples inside a ball, mean",
    "balls_most": "samples inside a ball, most",
    "in_union": "share of test samples in the union of training balls",
    "lipschitz": "Lipschitz constant of the head, σ_max(Wφ)",
    "largest_ratio": "largest observed ratio of (14) over pairs with a test sample",
    "human_ambiguity": "rank correlation with human label entropy: ambiguity indicator (d_h - d_f)",
    "human_confidence": "rank correlation with human label entropy: softmax uncertainty (1 - confidence)",
    "human_difference": "difference of rank correlations with human label entropy: "
    "ambiguity indicator minus softmax uncertainty",
}


@dataclass(frozen=True)
class Number:
    """A row of `paper_comparison` in words: shares as percentages; empty where there is none."""

    quantity: str
    section: str
    value: str
    interval: str
    how: str
    paper: str
    n: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Number:
        write = percent if is_share(row["quantity"]) else significant
        ends = row["ci_low"], row["ci_high"]
        return cls(
            quantity=row["quantity"],
            section=row["section"] or "",
            value=write(row["value"]),
            interval=" to ".join(map(write, ends)) if all(map(_known, ends)) else "",
            how=row["interval"] or "",
            paper=stated(row["paper_value"], write is percent),
            n=int(row["n"]) if _known(row["n"]) else 0,
        )


@dataclass(frozen=True)
class SamplePage:
    """One test sample: names of its label, predicted and closest class, and Table 1 as margins by class name.

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

    @classmethod
    def of(
        cls,
        sample: int,
        standing: pd.DataFrame,
        margins: pd.DataFrame,
        balls: pd.DataFrame | None,
        classes: Sequence[str],
        figure: bytes | None = None,
    ) -> SamplePage:
        """From the frames `standing`, `margins` and `balls`; raises DataError where the sample is not in them."""
        row, flips = _of_sample(standing, sample, "standing").iloc[0], _of_sample(margins, sample, "margins")
        found = dict(zip(flips["other_class"], flips["margin"]))
        ball = None if balls is None else _of_sample(balls, sample, "balls").iloc[0]
        return cls(
            sample=sample,
            label=classes[row["label"]],
            predicted=classes[row["predicted"]],
            closest=classes[row["closest_class"]] if row["closest_class"] >= 0 else "no class",
            margin=float(row["margin"]),
            distance=float(row["distance"]),
            margins={name: float(found.get(number, math.nan)) for number, name in enumerate(classes)},
            inside=None if ball is None else (int(ball["train_inside"]), int(ball["test_inside"])),
            figure=figure,
        )


@dataclass(frozen=True)
class ReportData:
    """Everything the page shows.

    comparison: the table `paper_comparison`, from which the text takes its numbers (see NUMBERS); figures: svg or png
    bytes by the names of `phiscope.figures.FIGURES`; views: what each view is, in words; certificates: any frame, one
    row per kind of solved problem (see `certificates_of`); left_out: sentences on what this run did not do;
    lower_bound: of every feature, None if there is none.
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
    comparison: pd.DataFrame | None = None
    figures: Mapping[str, bytes] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)
    samples: Sequence[SamplePage] = ()
    certificates: pd.DataFrame | None = None
    left_out: Sequence[str] = ()

    @cached_property
    def rows(self) -> list[Number]:
        """The comparison, row by row."""
        return [] if self.comparison is None else [Number.of(row) for row in self.comparison.to_dict("records")]

    @cached_property
    def numbers(self) -> dict[str, Number]:
        """The numbers that the text names, as far as the comparison holds them."""
        rows = {row.quantity: row for row in self.rows}
        return {key: rows[quantity] for key, quantity in NUMBERS.items() if quantity in rows}

    @cached_property
    def notes(self) -> list[str]:
        """The different ways in which intervals were made, in order of appearance."""
        return list(dict.fromkeys(row.how for row in self.rows if row.how))


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
    return environment.get_template(template.name).render(data=data, has=data.numbers)


def certificates_of(margins: pd.DataFrame, hulls: pd.DataFrame) -> pd.DataFrame:
    """How the solved problems of the tables `margins` and `hulls` ended, and the worst certificate of each kind."""
    flips = margins.groupby("status", sort=False).agg(
        problems=("margin", "size"),
        worst_violation=("primal_residual", "max"),
        worst_stationarity=("dual_residual", "max"),
        worst_gap=("duality_gap", "max"),
    )
    projections = hulls.groupby(["space", "position"], sort=False).agg(
        problems=("distance", "size"), worst_gap=("duality_gap", "max")
    )
    flips.insert(0, "problem", "closest flip point")
    projections.insert(0, "problem", [f"projection onto the hull, {space} space" for space, _ in projections.index])
    flips.insert(1, "outcome", flips.index.str.replace("_", " "))
    projections.insert(1, "outcome", [position.replace("_", " ") for _, position in projections.index])
    return pd.concat([flips, projections], ignore_index=True)


def percent(share: float | None) -> str:
    """0.783 -> `78.3 %`; only all and nothing read 100 % and 0 %."""
    if not _known(share):
        return _DASH
    if share in (0, 1):
        return f"{100 * share:.0f} %"
    digits = next((digits for digits in (1, 2, 3, 4) if 0 < round(100 * share, digits) < 100), 6)
    return f"{100 * share:.{digits}f} %"


def significant(value: float | None, digits: int = 3) -> str:
    """A number with so many significant digits, thousands apart, and a true minus; whole numbers in full."""
    if not _known(value):
        return _DASH
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if float(value).is_integer() or abs(value) >= 10**digits:
        return f"{value:,.0f}".replace("-", "−")
    if abs(value) < 1e-3:
        return f"{value:.1e}".replace("-", "−")
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{value:.{max(places, 0)}f}".replace("-", "−")


def stated(value: float | None, share: bool) -> str:
    """A number of the paper with the digits it gives: 0.33 -> `33 %`, 6.122 -> `6.122`; empty where there is none."""
    if not _known(value):
        return ""
    return f"{100 * value:.4g} %" if share else f"{value:,.6g}"


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
        return significant(value)
    return str(value) if _known(value) else _DASH


def _of_sample(frame: pd.DataFrame, sample: int, name: str) -> pd.DataFrame:
    """The rows of one test sample of the view `original`."""
    rows = frame[(frame["view"] == "original") & (frame["split"] == "test") & (frame["sample"] == sample)]
    if rows.empty:
        raise DataError(f"{name}: holds no test sample {sample}; expected one of those that the run examined")
    return rows


def _known(value: Any) -> bool:
    return value is not None and not pd.isna(value)
