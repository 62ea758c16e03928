"""Whether the samples and classes that a configuration names are among those of its data, and its sizes fit them,
once these are counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from phiscope.datasets.order import FIRST, numbered
from phiscope.errors import ConfigError

if TYPE_CHECKING:
    from phiscope.datasets import PreparedDataset
    from phiscope.workflow.plan.counts import Counts
    from phiscope.workflow.plan.plan import Plan


class _Named(NamedTuple):
    """A test sample that the configuration names, and where."""

    where: str
    number: int


def require_named_in(config: Mapping[str, Any], prepared: PreparedDataset) -> None:
    """`require_named` of a run whose test split has just been prepared."""
    from phiscope.workflow.plan import Counts, Plan  # deferred: the plan imports this module

    require_named(Plan.of(config).with_counts(Counts.of_splits(prepared)))


def require_named(plan: Plan) -> None:
    """Raise ConfigError for the first test sample or class that the data do not have; the plan has its counts."""
    counts = plan.counts
    assert counts is not None  # nothing else can be asked
    used = counts.order[: plan.views.samples("original", "test")]
    known = set(used)
    for where, number in samples_named(plan):
        if number not in known:
            raise ConfigError(
                f"config: {where}: test sample {number} is not among the {len(used)} of this run; choose another, "
                f"such as {used[0]}, or raise dataset.limit.test"
            )
    for reference in plan.config["inversions"]["references"] if plan.inversion.any else []:
        found = re.fullmatch(r"train:(\d+)", reference)
        if found and counts.last_train is not None and int(found[1]) > counts.last_train:
            raise ConfigError(
                f"config: inversions.references: there is no training sample {found[1]}; expected 0 to "
                f"{counts.last_train}"
            )
    for where, rectangle in _rectangles(plan):
        top, left, height, width = rectangle
        if top + height > counts.shape[-2] or left + width > counts.shape[-1]:
            raise ConfigError(
                f"config: {where}: {list(rectangle)} leaves the image of {counts.shape[-2]} x {counts.shape[-1]}; "
                "expected [top, left, height, width] within it"
            )
    pages = [numbered(sample, used) for sample in plan.drawing.samples]
    if twice := [number for number in pages if pages.count(number) > 1]:
        raise ConfigError(
            f"config: report.samples: {twice[0]} stands twice, once as {FIRST}; expected every test sample once"
        )
    _require_sizes(plan, counts)
    asked = plan.config["margins"]["classes"]
    if asked != "all" and asked >= counts.classes:
        raise ConfigError(
            f"config: margins.classes: got {asked}, but there are {counts.classes - 1} other classes; expected 1 to "
            f"{counts.classes - 1}, or all"
        )
    for name, view in plan.views.items():
        if view.kind == "rotate" and view.options.get("toward", 0) >= counts.classes:
            raise ConfigError(
                f"config: views.{name}.toward: there is no class {view.options['toward']}; expected 0 to "
                f"{counts.classes - 1}"
            )


def _require_sizes(plan: Plan, counts: Counts) -> None:
    """What has to have a number for each channel, or a place for each class."""
    normalise, channels = plan.config["classifier"]["normalise"], next(iter(counts.shape), 1)
    if isinstance(normalise, Mapping) and channels > 1 and len(normalise["mean"]) not in (1, channels):
        raise ConfigError(
            f"config: classifier.normalise.mean: got {len(normalise['mean'])} entries for images of {channels} "
            f"channels; expected {channels}, or one for all"
        )
    latent = plan.config["latent"]
    if latent and latent["dimension"] < counts.classes:
        raise ConfigError(
            f"config: latent.dimension: got {latent['dimension']}, expected more than there are classes, "
            f"{counts.classes}"
        )


def _rectangles(plan: Plan) -> Iterator[tuple[str, Sequence[int]]]:
    """The parts of images that are to be filled in."""
    filled: dict[str, Mapping[str, Any]] = {f"views.{name}": view.options for name, view in plan.views.items()}
    filled |= {f"inversions.edits.{place}": edit for place, edit in enumerate(plan.config["inversions"]["edits"])}
    for where, about in filled.items():
        yield from ((f"{where}.rectangles", rectangle) for rectangle in about.get("rectangles", ()))


def samples_named(plan: Plan) -> Iterator[_Named]:
    """The test samples that a configuration names by their numbers."""
    for sample in plan.drawing.samples:
        if sample != FIRST:
            yield _Named("report.samples", int(sample))
    for place, edit in enumerate(plan.config["inversions"]["edits"]):
        yield _Named(f"inversions.edits.{place}.sample", edit["sample"])
    for reference in plan.config["inversions"]["references"] if plan.inversion.any else []:
        if found := re.fullmatch(r"test:(\d+)", reference):
            yield _Named("inversions.references", int(found[1]))
    for name, view in plan.views.items():
        if view.kind == "blend":
            yield _Named(f"views.{name}.toward", view.options["toward"])
