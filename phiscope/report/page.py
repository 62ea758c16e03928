"""One page that a reader who has not read the paper can follow: question, number, picture, caveat.

    page = report.render(report.ReportData(title=..., comparison=tables.read(...), figures={...}, ...))

Numbers, tables and pictures come in as they are; only their looks are decided here. What a run does not have is None
or absent, and the page says so in its place.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd

from phiscope.errors import ConfigError, DataError
from phiscope.report import latent
from phiscope.report.implicit import findings
from phiscope.words.methods import noise_in_words, title_of
from phiscope.words.numbers import DASH, known, percent, points, significant

TEMPLATE = Path(__file__).parents[2] / "workflow" / "report" / "report.html.j2"

# The numbers that the text of the page names: `key` in the table `paper_comparison`. All are optional.
NUMBERS = (
    "accuracy",
    "closer_to_hull",
    *("outside_feature", "outside_pixel"),
    *("accuracy_before_feature", "accuracy_after_feature", "accuracy_change_feature", "changed_feature"),
    *("accuracy_before_pixel", "accuracy_after_pixel", "accuracy_change_pixel", "changed_pixel"),
    *("same_label_feature_pooled", "same_label_feature_query", "same_label_feature_weighted"),
    *("same_label_pixel_pooled", "same_label_pixel_query", "same_label_pixel_weighted"),
    *("balls_train_nonempty", "balls_test_nonempty", "balls_mean", "balls_most", "in_union"),
    *("deepfool_rate_success", "deepfool_rate_success_8bit", "deepfool_towards_hull_success"),
    *("deepfool_closer_to_boundary_success", "deepfool_below_genuine_success"),
    *("inverted_flip_solved", "inverted_flip_distance", "inverted_flip_levels", "inverted_flip_as_demanded"),
    *("inverted_hull_solved", "inverted_hull_distance", "inverted_hull_levels", "inverted_hull_as_demanded"),
    *("inverted_flip_path_changes", "inverted_hull_path_changes", "hull_image_nearer"),
    *("flip_over_deepfool", "flip_image_nearer", "boundary_closer_pixel", "boundary_closer_feature"),
    *("human_ambiguity", "human_confidence", "human_difference"),
    *latent.NUMBERS,
)

_KINDS = {b"\x89PNG": "image/png", b"<?xml": "image/svg+xml", b"<svg": "image/svg+xml"}


@dataclass(frozen=True)
class Estimate:
    """A measured number: value, interval [low, high] made as `interval` says, n samples behind it, the paper's value.

    unit `share` is written as a percentage, `difference` (of shares) in points, any other as a number. None or NaN
    where there is none.
    """

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    interval: str = ""
    paper: float | None = None
    unit: str = "share"

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Estimate:
        """From a row of the table `paper_comparison`, or of another with its columns; `paper_value` may be absent."""
        told = {"value": row["value"], "low": row["ci_low"], "high": row["ci_high"], "paper": row.get("paper_value")}
        return cls(**told, n=row["n"], interval=row["interval"] or "", unit=row["unit"])

    @property
    def text(self) -> str:
        """The value in words."""
        return self._write(self.value)

    @property
    def ends(self) -> str:
        """The interval in words, `74.2 to 75.9 %`; empty where there is none."""
        if not (known(self.low) and known(self.high)):
            return ""
        low, high = self._write(self.low), self._write(self.high)
        return f"{low.partition(' ')[0]} to {high}"

    @property
    def stated(self) -> str:
        """The paper's value with the digits it gives: 0.33 -> `33 %`; empty where there is none."""
        if not known(self.paper):
            return ""
        if self.unit == "difference":
            return points(self.paper) if self.paper else "none"
        return f"{100 * self.paper:.4g} %" if self.unit == "share" else f"{self.paper:,.6g}"

    def _write(self, value: float | None) -> str:
        return {"share": percent, "difference": points}.get(self.unit, significant)(value)


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
    def of(cls, sample: int, frames: Mapping[str, pd.DataFrame], classes: Sequence[str], figure: bytes) -> SamplePage:
        """From the frames `standing`, `balls` and `margins` of the test samples."""
        own = {name: frame[frame["sample"] == sample] for name, frame in frames.items()}
        row, ball, table = own["standing"].iloc[0], own["balls"].iloc[0], own["margins"]
        return cls(
            sample=sample,
            label=classes[int(row["label"])],
            predicted=classes[int(row["predicted"])],
            closest=classes[int(row["closest_class"])] if row["closest_class"] >= 0 else "none",
            margin=row["margin"],
            distance=row["distance"],
            margins={classes[j]: margin for j, margin in zip(table["other_class"], table["margin"])},
            inside=(int(ball["train_inside"]), int(ball["test_inside"])),
            figure=figure,
        )


@dataclass(frozen=True)
class ReportData:
    """Everything the page shows.

    numbers: estimates by key, see NUMBERS; comparison: the table `paper_comparison`; figures: svg or png bytes by the
    names of `phiscope.figures.FIGURES`; views: what each view is, in words; certificates: any frame, one row per kind
    of solved problem; lipschitz: σ_max(Wφ) and the largest observed ratio of (14); pixel_count: how many samples were
    projected in pixel space; denoising, view_rows: as from `phiscope.stats.denoising_summary` and `by_view`;
    layers: rows of `experiments.denoising.network.layer_table`, None or empty where the denoiser's are not known;
    lower_bound: of every feature, None if there is none; implicit: the statistic `implicit_answers`, None where no
    image was drawn as a function; left_out: sentences on what this run did not do.
    Raises ConfigError for a number that the page has no place for.
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
    comparison: pd.DataFrame | None = None
    figures: Mapping[str, bytes] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)
    samples: Sequence[SamplePage] = ()
    denoising: pd.DataFrame | None = None
    layers: pd.DataFrame | None = None
    view_rows: pd.DataFrame | None = None
    latent: latent.LatentPage | None = None
    certificates: pd.DataFrame | None = None
    implicit: pd.DataFrame | None = None
    left_out: Sequence[str] = ()

    def __post_init__(self) -> None:
        unknown = sorted(set(self.numbers) - set(NUMBERS))
        if unknown:
            raise ConfigError(f"report: no place for the numbers {unknown}; expected keys among {list(NUMBERS)}")

    @cached_property
    def rows(self) -> list[tuple[str, str, Estimate]]:
        """The comparison: quantity, section of the paper, estimate."""
        records = [] if self.comparison is None else self.comparison.to_dict("records")
        return [(row["quantity"], row["section"] or "", Estimate.of(row)) for row in records]

    @cached_property
    def notes(self) -> list[str]:
        """The different ways in which intervals were made, in order of appearance."""
        return list(dict.fromkeys(estimate.interval for *_, estimate in self.rows if estimate.interval))

    @cached_property
    def denoisers(self) -> list[tuple[str, float, float, str, float]]:
        """Per noise, of the first set: it in words, mean PSNR before and of the network; best other, and its PSNR."""
        if self.denoising is None:
            return []
        frame = self.denoising[self.denoising["dataset"] == self.denoising["dataset"].iloc[0]]
        rows = []
        for (noise, level), part in frame.groupby(["noise", "level"], sort=False):
            psnr = part.set_index("method")["psnr"]
            others = psnr.drop(["network", "noisy", "biharmonic-true-mask"], errors="ignore")
            best = (title_of(others.idxmax()), others.max()) if len(others) else (DASH, None)
            rows.append((noise_in_words(noise, level), psnr["noisy"], psnr["network"], *best))
        return rows

    @cached_property
    def implicit_rows(self) -> list[tuple[str, str, list[tuple[str, Estimate]]]]:
        """Images as functions: every question, what was found in a sentence, and the numbers behind it."""
        if self.implicit is None or self.implicit.empty:
            return []
        sentences = findings(self.implicit)
        return [
            (
                question,
                sentences.get(question, ""),
                [(row["quantity"], Estimate.of(row)) for row in part.to_dict("records")],
            )
            for question, part in self.implicit.groupby("question", sort=False)
        ]

    @property
    def beside_paper(self) -> bool:
        """Whether the paper's values stand beside ours anywhere."""
        return any(estimate.stated for estimate in (*self.numbers.values(), *(row[-1] for row in self.rows)))


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
        percent=percent, significant=significant, count="{:,}".format, data_uri=data_uri, cell=cell
    )
    return environment.get_template(template.name).render(data=data, has=data.numbers)


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
    return str(value) if known(value) else DASH
