"""Figures and the report: which figures a run has, and what they and the page are made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phiscope import figures
from phiscope.exhibits.frames import artifacts_of
from phiscope.report.page import artifacts_of_page
from phiscope.report.sections import PAGES, SECTIONS, module_of
from phiscope.workflow.plan.rule import Rule, reported

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan

# Figures of these topics have a job of their own; those of all others are drawn in one.
_APART = ("inversion", "implicit", "latent")
REST = "figures"


class Drawing:
    """Names of figures: `<kind>`, or `<kind>-<number>` of one sample."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    @cached_property
    def samples(self) -> list[int | str]:
        """Test samples that get figures of their own, as the configuration names them."""
        return self._plan.config["report"]["samples"]

    @cached_property
    def exhibited(self) -> list[str]:
        """Views whose images of these samples are kept: the attacked ones."""
        return self._plan.views.attacks if self.samples else []

    @property
    def images_of_exhibited(self) -> list[str]:
        """Images of the views above, all samples of them."""
        return [chunk for view in self.exhibited for chunk in self._plan.views.image_chunks(view)]

    @cached_property
    def conditions(self) -> dict[str, bool]:
        """Which of the conditions that figures name this run meets."""
        plan, views = self._plan, self._plan.views
        denoising, latent, inversion = plan.denoising, plan.latent, plan.inversion
        return {
            "always": True,
            "images": plan.holds_images,
            "tested": plan.only != "train",
            "untested": plan.only == "train",
            "compared": plan.only is None or bool(views.foreign),
            "hulls": plan.only != "train" and "feature" in views.projected_in,
            "projected": plan.only != "train" and bool(views.projected_in),
            "dimension": bool(plan.geometry.dimension),
            "questions": bool(plan.geometry.questions),
            "pictured_samples": plan.holds_images and bool(self.samples),
            "trained": plan.geometry.is_trained,
            "people": bool(plan.config["dataset"].get("human_labels")),
            "samples": bool(self.samples),
            "detection": bool(plan.geometry.detection),
            "attacks": bool(views.attacks),
            "swept": bool(views.swept),
            "overshoots": plan.sweeps.overshoots,
            "attack_front": plan.sweeps.front,
            "straight_paths": plan.sweeps.paths,
            "segments": inversion.segments,
            "inversions": inversion.any,
            "closest": plan.closest.any,
            "pixel_boundary": inversion.beside_hull,
            "edits": bool(inversion.edits),
            "denoising": denoising is not None,
            "study": denoising is not None and denoising.study is not None,
            "latent": latent is not None,
            "trained_encoders": latent is not None and bool(latent.encoder_logs),
            **(plan.implicit.conditions if plan.implicit else {}),
        }

    @cached_property
    def all(self) -> list[str]:
        """Every figure of the run, in the order of the registry."""
        return [name for kind in figures.FIGURES for name in self._of_kind(kind)]

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """Figures by the job that draws them."""
        groups: dict[str, list[str]] = {}
        for name in self.all:
            topic = figures.FIGURES[figures.kind_of(name)].split(".")[2]
            groups.setdefault(topic if topic in _APART else REST, []).append(name)
        return groups

    @property
    def words(self) -> dict[str, str]:
        """What the figures of each group are about."""
        others = {"inversion": "images that map to chosen points", "implicit": "images as functions of position"}
        own = "the classifier, views, attacks and detectors" + (", denoising" if self._plan.denoising else "")
        return {REST: own, "latent": "latent space", **others}

    @cached_property
    def context(self) -> dict[str, Any]:
        """What figures are told of the run beside its artifacts: see `phiscope.exhibits.frames.Run`."""
        plan = self._plan
        return {
            "main_views": plan.views.main,
            "samples": self.samples,
            "slice_sample": self.samples[0] if self.samples else None,
            "deepfool": plan.views.of_the_boundary,
            "setting": plan.latent.main if plan.latent else None,
            "main_group": plan.implicit.main if plan.implicit else None,
            "picture": plan.implicit.options["picture"] if plan.implicit else None,
            "only": plan.only,
            "foreign": plan.views.foreign,
            "benches": plan.denoising.benches if plan.denoising else {},
        }

    def artifacts(self, names: Sequence[str]) -> list[str]:
        """What figures are drawn from, as far as the run has it."""
        needed, optional = (
            list(dict.fromkeys(artifact for parts in each for artifact in parts))
            for each in zip(*map(artifacts_of, names), strict=True)
        )
        return [*needed, *(artifact for artifact in optional if artifact not in needed and self._has(artifact))]

    def files(self, artifact: str) -> str | dict[str, str]:
        """The file of an artifact, or the files of all that a run has of it, by what tells them apart."""
        plan = self._plan
        several: dict[str, dict[str, dict[str, object]]] = {
            "exhibits": {view: {"view": view} for view in self.exhibited},
            "explored_balls": {str(number): {"number": number} for number in plan.inversion.explored},
            "edited_samples": {str(number): {"number": number} for number in plan.inversion.edits},
        }
        if artifact == "inverted_images":
            several[artifact] = {f"{t}/{c}": {"target": t, "chunk": c} for t, c in plan.inversion.inverted}
        if artifact == "closest_files":
            several[artifact] = plan.closest.files
        if plan.denoising:
            several["denoised_exhibits"] = {name: {"bench": name} for name in plan.denoising.benches}
        if plan.implicit:
            several["implicit_pictures"] = {name: {"chunk": name} for name in plan.implicit.chunk_names}
        if plan.latent:
            trained = [(s, t) for s, t in plan.latent.encoders if s in plan.latent.trained]
            several["encoder_log"] = {f"{s}/{t}": {"setting": s, "training": t} for s, t in trained}
        if artifact not in several:
            return plan.path(artifact)
        return {key: plan.path(artifact, **wildcards) for key, wildcards in several[artifact].items()}

    def _has(self, artifact: str) -> bool:
        """Whether a run makes an artifact that a figure can do without."""
        views, latent = self._plan.views, self._plan.latent
        return {
            "attacks": bool(views.attacks),
            "exhibits": bool(self.exhibited),
            "generator_log": latent is not None and latent.generator_is_trained,
        }[artifact]

    def _of_kind(self, kind: str) -> list[str]:
        about = figures.about(kind)
        if not self.conditions.get(about.when, False):
            return []
        numbers: dict[str, Sequence[int | str]] = {"sample": self.samples, "edit": list(self._plan.inversion.edits)}
        return [kind] if about.one_per is None else [f"{kind}-{number}" for number in numbers[about.one_per]]

    def drawn(self, names: Sequence[str], kind: str) -> list[str]:
        """Files of figures: svg, png, or rst, the caption."""
        return [self._plan.below(f"figures/{name}.{kind}") for name in names]

    @property
    def targets(self) -> list[str]:
        return [*self.drawn(self.all, "svg"), *self.drawn(self.all, "png")]

    @property
    def in_the_page(self) -> list[str]:
        """The file of each figure that the page shows: png of dense ones, svg of line drawings."""
        return [self._shown("figures", name) for name in self.all]

    def narrow(self, names: Sequence[str]) -> list[str]:
        """Those of these figures that the page shows with their panels below each other on a narrow screen."""
        return [self._shown("figures/narrow", name) for name in names if figures.about(figures.kind_of(name)).stacks]

    def _shown(self, folder: str, name: str) -> str:
        return self._plan.below(f"{folder}/{name}.{'png' if figures.about(figures.kind_of(name)).dense else 'svg'}")

    @cached_property
    def pages(self) -> dict[str, str]:
        """The report and the pages beside it, by name."""
        plan = self._plan
        asked = {"denoising": plan.denoising, "latent": plan.latent, "functions": plan.implicit}
        return {name: plan.below(f"{name}.html") for name in ("report", *(name for name in PAGES if asked[name]))}

    @cached_property
    def of_the_page(self) -> list[str]:
        """Artifacts that the page and the findings are written from, as far as the run has them."""
        needed, optional = artifacts_of_page()
        geometry = self._plan.geometry
        made = {*self._plan.statistics_and_tables, *geometry.detection, *geometry.of_training}
        return [*needed, *(artifact for artifact in optional if artifact in made)]

    @property
    def tables(self) -> dict[str, str]:
        """Tables that Snakemake's own report shows beside the figures, path -> title: those it can show, as CSV."""
        return {self._plan.path("inspect_csv"): "samples to look at, with reasons"}

    def outputs(self) -> Iterator[str]:
        for kind in ("svg", "png", "rst"):
            yield from self.drawn(self.all, kind)
        yield from self.narrow(self.all)
        yield from self.pages.values()
        yield self._plan.below("findings.txt")
        yield self._plan.path("second_opinion")


def _code(plan: Plan, wildcards: Any) -> list[str]:
    """The modules of the figures that a job draws."""
    return sorted({figures.FIGURES[figures.kind_of(name)] for name in plan.drawing.groups[wildcards["group"]]})


RULES = {
    "draw_figures": Rule(
        "figures/draw_figures",
        lambda plan: {
            "names": lambda wildcards: plan.drawing.groups[wildcards.group],
            "context": reported(plan.drawing.context),
        },
        _code,
    ),
    "render_report": Rule(
        "report/render_report",
        lambda plan: reported({"context": plan.drawing.context, "says": {"title": plan.config["report"]["title"]}}),
        lambda plan, wildcards: [module_of(section) for section in SECTIONS],
    ),
    "require_agreement": Rule("report/require_agreement"),
}
