"""One page that a reader who has not read the papers can follow: question, number, picture, caveat.

    html = page.render(page.gather(run))

Numbers, tables and pictures come in as they are; only their looks are decided here. What a run does not have is None
or absent, and the page says so in its place.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, NamedTuple

import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup

from phiscope import figures
from phiscope.errors import ConfigError, DataError
from phiscope.exhibits.run import Run
from phiscope.explorer.links import of_figure, of_sample
from phiscope.report import findings
from phiscope.report.estimate import MeasuredNumber
from phiscope.report.sections import PAGES, SECTIONS, groups_of, module_of, said_by, title_of
from phiscope.report.sections.overview import cards_of
from phiscope.views import in_words
from phiscope.views.epsilon import with_epsilon
from phiscope.words.marks import isolated
from phiscope.words.numbers import DASH, known, percent, significant

# The numbers that the text of the page names: `key` in the table `paper_comparison`. All are optional.
NUMBERS = tuple(dict.fromkeys(key for section in SECTIONS for key in said_by(section, "NUMBERS")))

# What the facts at the top are read from.
_IMAGES = ("training_images", "test_images")
_FACTS = (*_IMAGES, "head", "standing", "hulls", "balls", "paper_comparison", "classifier_description")
# Where a section has another question in a run of one split.
_TITLES: dict[tuple[str, str | None], str] = {("distances", "test"): "How far is the closest decision boundary?"}
_KINDS = {b"\x89PNG": "image/png", b"<?xml": "image/svg+xml", b"<svg": "image/svg+xml"}


@dataclass(frozen=True)
class Facts:
    """What every section may speak of.

    views: what each view is, in words; trained: whether the classifier was trained here; lower_bound: of every feature,
    None if there is none; pixel_count: how many samples were projected in pixel space; unlabelled: of the test samples
    those without a label; has_images: False where samples are vectors alone, and head then says where the head is from;
    only: the split that these have, where the other has no sample.
    """

    title: str
    dataset: str
    classifier: str
    class_names: Sequence[str]
    train_count: int
    test_count: int
    feature_count: int
    views: Mapping[str, str] = field(default_factory=dict)
    trained: bool = True
    lower_bound: float | None = 0.0
    pixel_count: int = 0
    unlabelled: int = 0
    has_images: bool = True
    head: str = ""
    only: str | None = None

    @property
    def none_labelled(self) -> bool:
        return 0 < self.unlabelled == self.test_count

    @classmethod
    def of(cls, run: Run) -> Facts:
        config, hulls, about = run.context["config"], run["hulls"], run["classifier_description"]
        trained, images = "training" in about, run["training_images"]
        alone = about.get("head_alone")
        return cls(
            title=config["report"]["title"],
            dataset=config["dataset"]["path"],
            classifier=_HEADS[alone["from"]] if alone else _network_in_words(about["factory"], trained),
            class_names=run.classes,
            train_count=int((run["balls"]["split"] == "train").sum()),
            test_count=len(run.original("standing")),
            feature_count=len(run["head"].weight),
            views={name: in_words(with_epsilon(view, images)) for name, view in config["views"].items()},
            trained=trained,
            lower_bound=run["head"].lower_bound,
            pixel_count=int(((hulls["space"] == "pixel") & (hulls["view"] == "original")).sum()),
            unlabelled=int((run.original("standing")["label"] < 0).sum()),
            has_images=not alone,
            head=_head_in_words(alone) if alone else "",
            only=run.single_split,
        )


_HEADS = {"fit": "a linear head, fitted here", "file": "a linear head, loaded", "logits": "the head of the logits"}


def _network_in_words(factory: str, trained: bool) -> str:
    return factory.partition(":")[2] + (", trained here" if trained else ", loaded")


def _head_in_words(about: Mapping[str, Any]) -> str:
    """Where the head of a run on vectors is from, in a sentence."""
    if about["from"] == "fit":
        return (
            f"The head was fitted here to the training vectors, by multinomial logistic regression; of "
            f"{about['held_out']:,} training vectors that were held out it gets {percent(about['accuracy'])} right."
        )
    if about["from"] == "file":
        return f"The head was loaded from {about['path']}."
    found = "The head is the affine map that gives the logits, verified on all of them."
    if not about["left_open"]:
        return found
    return (
        f"{found} The vectors leave {about['left_open']:,} directions open, where its weight is taken to be 0: where "
        "it is not, boundaries are closer than this page says."
    )


@dataclass(frozen=True)
class Page:
    """Everything the page shows: numbers by key, see NUMBERS; pictures, svg or png bytes by the names of figures;
    sections, what the modules of `phiscope.report.sections` made, by name; narrow: of some figures the picture that a
    narrow screen shows.

    Raises ConfigError for a number that the page has no place for.
    """

    facts: Facts
    numbers: Mapping[str, MeasuredNumber] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    sections: Mapping[str, Any] = field(default_factory=dict)
    narrow: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = sorted(set(self.numbers) - set(NUMBERS))
        if unknown:
            raise ConfigError(f"report: no place for the numbers {unknown}; expected keys among {list(NUMBERS)}")

    @property
    def beside_paper(self) -> bool:
        """Whether published values stand beside ours anywhere."""
        comparison = self.sections.get("comparison")
        rows = comparison.rows if comparison else []
        return any(number.stated for number in (*self.numbers.values(), *(row.number for row in rows)))


class Picture(NamedTuple):
    """A figure as the page shows it."""

    uri: str
    alt: str
    caption: str
    narrow: str | None = None

    @classmethod
    def of(cls, name: str, content: bytes, narrow: bytes | None = None) -> Picture:
        about = figures.about(figures.kind_of(name))
        return cls(data_uri(content), about.alt, about.caption, None if narrow is None else data_uri(narrow))


def artifacts_of_page() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the artifacts that the page and the findings are written from: those needed, those done without."""
    needed = dict.fromkeys([*_FACTS, *(name for section in SECTIONS for name in said_by(section, "NEEDS"))])
    needed |= dict.fromkeys(findings.NEEDS)
    optional = dict.fromkeys(name for section in SECTIONS for name in said_by(section, "OPTIONAL"))
    optional |= dict.fromkeys(findings.OPTIONAL)
    return tuple(needed), tuple(name for name in optional if name not in needed)


def gather(run: Run) -> Page:
    """The page of a run, whose context also holds its config, provenance, samples and pictures."""
    return Page(
        Facts.of(run.only(_FACTS)), numbers_of(run["paper_comparison"]), run.context["pictures"],
        {name: import_module(module_of(name)).data(run.only(_declared(name))) for name in SECTIONS if _has_data(name)},
        run.context.get("narrow", {}),
    )  # fmt: skip


def numbers_of(comparison: pd.DataFrame) -> dict[str, MeasuredNumber]:
    """The rows of the comparison that the page has a place for."""
    named = comparison[comparison["key"].isin(NUMBERS)]
    return {row["key"]: MeasuredNumber.of(row) for row in named.to_dict("records")}


def _declared(section: str) -> tuple[str, ...]:
    return said_by(section, "NEEDS") + said_by(section, "OPTIONAL")


def _has_data(section: str) -> bool:
    return hasattr(import_module(module_of(section)), "data")


def pages_of(page: Page) -> list[str]:
    """Names of the pages that stand beside the report: what the run asked of them."""
    return [name for name, section in PAGES.items() if page.sections.get(section) is not None]


def render(page: Page, name: str = "report", loader: jinja2.BaseLoader | None = None) -> str:
    """The report, or the page of that name beside it, as one self-contained HTML text; loader: of other templates than
    the package's."""
    environment = jinja2.Environment(
        loader=loader or jinja2.PackageLoader("phiscope.report"),
        autoescape=True,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(percent=percent, significant=significant, count="{:,}".format)
    environment.filters.update(cell=cell, by_sample=by_sample, data_uri=data_uri)
    environment.filters.update(explored=of_figure, explored_sample=of_sample)
    facts = page.facts
    if name == "report":
        groups = groups_of(images=facts.has_images, only=facts.only, detectors="roc" in page.pictures)
    else:
        groups = {title_of(PAGES[name]): [PAGES[name]]}
    overview = page.sections.get("overview")
    return environment.get_template("page.html.j2").render(
        facts=facts,
        has=page.numbers,
        cards=cards_of(page.numbers, overview) if overview else [],
        pictures={
            figure: Picture.of(figure, content, page.narrow.get(figure)) for figure, content in page.pictures.items()
        },
        groups={title: [_section(page, section) for section in group] for title, group in groups.items()},
        here=name,
        pages={other: title_of(PAGES[other]) for other in PAGES if other in (name, *pages_of(page))},
        beside_paper=page.beside_paper,
    )


def _section(page: Page, name: str) -> dict[str, Any]:
    title = _TITLES.get((name, page.facts.only)) or title_of(name)
    return {"name": name, "title": title, "data": page.sections.get(name)}


def _shown(value: Any) -> Any:
    """What a template prints, before its tags are escaped; text that a macro has printed is done already."""
    return isolated(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def data_uri(picture: bytes) -> str:
    """Svg or png bytes as a data URI; in an <img>, the ids inside one svg cannot meet those of another."""
    for start, kind in _KINDS.items():
        if picture.startswith(start):
            return f"data:{kind};base64,{base64.b64encode(picture).decode()}"
    raise DataError(f"report: a figure begins with {picture[:8]!r}; expected the bytes of an svg or png file")


def by_sample(pictures: Collection[str], *kinds: str) -> list[str]:
    """Names `<kind>-<number>` of figures of these kinds, sample after sample, each in the order of kinds."""
    numbers = dict.fromkeys(name.partition("-")[2] for name in pictures if figures.kind_of(name) in kinds)
    return [name for number in numbers for kind in kinds if (name := f"{kind}-{number}") in pictures]


def cell(value: Any) -> str:
    """A table cell: numbers short, nothing as a dash, the rest as it is."""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, float, np.number)):
        return significant(float(value))
    return str(value) if known(value) else DASH
