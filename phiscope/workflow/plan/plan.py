"""The plan of a run: its parts, its paths, its rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from phiscope.words.one_split import left_out
from phiscope.workflow import chunks, code
from phiscope.workflow.artifacts import ARTIFACTS
from phiscope.workflow.configuration import enabled, of_features
from phiscope.workflow.places import project
from phiscope.workflow.plan import (
    closest,
    denoising,
    drawing,
    explorer,
    geometry,
    geometry_rules,
    implicit,
    inversion,
    latent,
    sweeps,
    views,
    views_rules,
    work,
)
from phiscope.workflow.plan.chain import Chain, Part, Source
from phiscope.workflow.plan.counts import Counts
from phiscope.workflow.plan.rule import Rule, digest, resolved

RULES: Mapping[str, Rule] = MappingProxyType(
    views_rules.RULES
    | geometry_rules.RULES
    | inversion.RULES
    | closest.RULES
    | sweeps.RULES
    | denoising.RULES
    | implicit.RULES
    | latent.RULES
    | drawing.RULES
    | explorer.RULES
    | work.RULES
)


_MOST_IMAGES = 2000  # of a chunk; a job of so many outlasts its start
_MOST_VECTORS = 20_000  # which no network has to see
_MOST_VALUES = 2**26  # numbers: a quarter of a gigabyte in float32


@dataclass(frozen=True)
class Plan:
    """config: checked, without the parts that are switched off; counts: None before the data are prepared.

    scripts: the folder of the scripts, whose code rules rest on.
    """

    config: Mapping[str, Any]
    counts: Counts | None
    scripts: Path

    @classmethod
    def of(cls, config: Mapping[str, Any], counts: Counts | None = None, *, scripts: str | Path | None = None) -> Plan:
        """The plan of a configuration that `phiscope.workflow.configuration` made; scripts: else the project's."""
        return cls(enabled(config), counts, Path(scripts or project() / "scripts"))

    def with_counts(self, counts: Counts) -> Plan:
        """The same run, now that its data are prepared."""
        return replace(self, counts=counts)

    @property
    def holds_images(self) -> bool:
        """Whether samples are images; vectors alone have no pixels to look at or to change."""
        return not of_features(self.config)

    @property
    def only(self) -> str | None:
        """The split that there is of vectors, where the other is not there and has no sample; else None."""
        return self.config["dataset"].get("only")

    @property
    def tried(self) -> str:
        """The split whose first samples a network or a head is tried on."""
        return "train" if self.only == "train" else "test"

    @property
    def left_out(self) -> list[str]:
        """What a run without training or without test samples has not, why, and what would bring it: a sentence."""
        return left_out(self.only)

    @property
    def kind_of_samples(self) -> str:
        return "images" if self.holds_images else "vectors"

    # Parts: None where a run has no such part.

    @cached_property
    def views(self) -> views.Views:
        return views.Views(self)

    @cached_property
    def geometry(self) -> geometry.Geometry:
        return geometry.Geometry(self)

    @cached_property
    def inversion(self) -> inversion.Inversions:
        return inversion.Inversions(self)

    @cached_property
    def closest(self) -> closest.Closest:
        return closest.Closest(self)

    @cached_property
    def sweeps(self) -> sweeps.Sweeps:
        return sweeps.Sweeps(self)

    @cached_property
    def denoising(self) -> denoising.Denoising | None:
        return denoising.Denoising(self) if self.config["denoising"] else None

    @cached_property
    def implicit(self) -> implicit.Implicit | None:
        return implicit.Implicit(self) if self.config["implicit"] else None

    @cached_property
    def latent(self) -> latent.Latent | None:
        return latent.Latent(self) if self.config["latent"] else None

    @cached_property
    def drawing(self) -> drawing.Drawing:
        return drawing.Drawing(self)

    @cached_property
    def explorer(self) -> explorer.Explorer:
        return explorer.Explorer(self)

    # Paths.

    @property
    def results(self) -> str:
        """The folder of the run, relative to where the workflow runs."""
        return f"results/{self.config['run']}"

    def path(self, artifact: str, **wildcards: object) -> str:
        """Where an artifact lies; wildcards that are not given stay in braces."""
        path = ARTIFACTS[artifact].path
        for name, value in wildcards.items():
            path = path.replace(f"{{{name}}}", str(value))
        return f"{self.results}/{path}"

    def paths(self, *artifacts: str) -> dict[str, str]:
        """Name -> file of artifacts of which a run has one each."""
        return {artifact: self.path(artifact) for artifact in artifacts}

    def below(self, path: str) -> str:
        """A path below the run's folder."""
        return f"{self.results}/{path}"

    def prepared(self, split: str) -> str:
        return self.path("training_images" if split == "train" else "test_images")

    def prepared_dataset(self, name: str) -> str:
        return self.below(f"data/datasets/{name}.safetensors")

    # Samples and their chunks; these need counts.

    def limit(self, split: str) -> int | None:
        """Most samples of a split that the configuration allows."""
        return self.config["dataset"].get("limit", {}).get(split)

    def chunk_names(self, count: int, size: int | None = None) -> list[str]:
        return chunks.names(count, size or self.chunk_size)

    @property
    def chunk_size(self) -> int:
        """Samples per job: unless given, as many as make no large file, which their shape tells once it is known."""
        if self.config["chunk_size"]:
            return self.config["chunk_size"]
        if self.counts is None:
            raise ValueError("the plan has no counts yet; see Plan.with_counts")
        most = _MOST_IMAGES if self.holds_images else _MOST_VECTORS
        return max(1, min(most, _MOST_VALUES // math.prod(self.counts.shape)))

    def chunks(self, table: str, view: str, split: str) -> list[str]:
        """Files of a table's chunks: `features`, `margins`, `attacks`, `hulls/feature`, `/pixel`, `/processed`."""
        kind, _, space = table.partition("/")
        names = (
            self.projected_chunks(view, space) if kind == "hulls" else self.chunk_names(self.views.samples(view, split))
        )
        return [self.below(f"chunks/{table}/{view}/{split}/{name}.parquet") for name in names]

    def projected_chunks(self, view: str, space: str) -> list[str]:
        """Names of the chunks of a view whose samples are projected onto the hull in a space.

        Features and their projections are made by one job, so that a chunk without projected samples has an empty
        table of them.
        """
        names = self.chunk_names(self.views.samples(view, "test"))
        if space != "pixel":
            return names
        return [name for name in names if chunks.span(name).start < self.views.projected(view, "pixel")]

    @cached_property
    def merged_alone(self) -> list[str]:
        """What is put together by a job of its own: features that much rests on, and tables that nothing else makes."""
        train = [f"features/{view}/train" for view in dict.fromkeys(["original", *self.geometry.spanning])]
        study = bool(self.denoising and self.denoising.study)
        return [*train, "features/original/test", *(["tables/denoising_study"] if study else [])]

    def chain(self, parts: Iterable[Part]) -> Chain:
        """One job of parts."""
        return Chain(self, parts)

    def merge(self, merged: str) -> Part:
        """The part of a job that puts `tables/<name>` or `features/<view>/<split>` together."""
        output = {"merged": self.below(f"{merged}.parquet")}
        return Part("merge_chunks", {"chunks": self._chunks_of(merged)}, output, {"of": merged})

    def _chunks_of(self, merged: str) -> Source:
        """The chunks of a table: known from the configuration, or once samples are counted."""
        kind, _, name = merged.partition("/")
        if kind == "features" or name in (*self.geometry.tables, "inversions", "closest_images"):
            return lambda plan, wildcards: plan.parts(merged)
        return self.parts(merged)

    def parts(self, merged: str) -> list[str]:
        """The chunks of `tables/<name>` or of `features/<view>/<split>`."""
        kind, _, name = merged.partition("/")
        if kind == "features":
            return self.chunks("features", *name.split("/"))
        if name in (*self.geometry.tables, *self.geometry.scores):
            return self.geometry.parts(name)
        if name == "inversions":
            return self.inversion.parts
        if name == "closest_images":
            return self.closest.parts
        if name == "implicit" and self.implicit:
            return self.implicit.parts
        if name == "spectra" and self.latent:
            return self.latent.of_first("spectra.parquet")
        assert self.denoising is not None  # `merged` names no other
        return self.denoising.parts if name == "denoising" else self.denoising.study_parts

    # Rules.

    def parameters(self, rule: str, **wildcards: str) -> dict[str, Any]:
        """What jobs of a rule are given, with `code`, a hash of the code that they rest on.

        Without wildcards, values that depend on them are functions of them, as Snakemake wants them.
        """
        about = RULES[rule]
        parameters = about.parameters(self)
        if wildcards:
            parameters = resolved(parameters, wildcards)

        def fingerprint(wildcards: Mapping[str, str]) -> str:
            return code.fingerprint(self.scripts / f"{about.script}.py", *about.modules(self, wildcards))

        # Snakemake looks at the first argument's name.
        rests_on = fingerprint if about.chosen_by and not wildcards else fingerprint(wildcards)
        threads = {"threads": self.threads} if about.threaded else {}
        return dict(parameters) | threads | {"code": rests_on}

    @property
    def threads(self) -> int:
        """On how many threads those jobs compute that spread over some."""
        return self.config["threads"]

    def is_threaded(self, rule: str) -> bool:
        return RULES[rule].threaded

    def resources(self, of: str | Chain, known: Callable[[], Plan]) -> dict[str, Any]:
        """Memory, time and card of the jobs of a rule or a chain; see `phiscope.workflow.plan.resources`."""
        # By name: what a script rests on is found by its imports, and no result rests on what its job asked for.
        return import_module("phiscope.workflow.plan.resources").resources_of(self, of, known)

    def script_of(self, rule: str) -> str:
        """The script of a rule, below `scripts`."""
        return f"{RULES[rule].script}.py"

    def fingerprint(self, rule: str, **wildcards: str) -> str:
        """Of a job: changes when one of its parameters or a line of the code that it rests on does.

        wildcards: all that the rule's parameters depend on.
        """
        return digest(self.parameters(rule, **wildcards))

    @property
    def work(self) -> dict[str, Any]:
        """What the long parts consist of, for the estimate of what they cost."""
        return work.work_of(self)

    @cached_property
    def statistics_and_tables(self) -> set[str]:
        """Names of those that not every run has, and that this one makes."""
        return {
            *self.geometry.processed,
            *self.geometry.class_hulls,
            *self.geometry.leave_one_out,
            *self.geometry.between_hulls,
            *self.geometry.dimension,
            *self.geometry.questions,
            *self.geometry.looks,
            *(["redrawn"] if self.views.redrawn else []),
            *self.sweeps.statistics,
            *(["inversion_budget"] if self.inversion.any else []),
            *([*self.denoising.statistics, *self.denoising.filter_statistics] if self.denoising else []),
            *([*self.implicit.statistics, *self.implicit.further_statistics] if self.implicit else []),
            *(self.latent.statistics if self.latent else []),
        }

    @property
    def targets(self) -> list[str]:
        """What a run is for, and that what it rests on agrees."""
        return [*self.results_to_keep, self.path("second_opinion")]

    @cached_property
    def results_to_keep(self) -> list[str]:
        """What a run is for; all else is made on the way."""
        tables = [
            *("samples", "disagreements"),
            *self.geometry.attacks,
            *self.sweeps.tables,
            *(["inversions"] if self.inversion.any else []),
            *self.closest.tables,
            *([*self.denoising.tables, *self.denoising.statistics] if self.denoising else []),
            *(["implicit"] if self.implicit else []),
            *(["latent", "spectra"] if self.latent else []),
        ]
        pages = [*self.drawing.pages.values(), self.explorer.page]
        seen = [*pages, *map(self.path, ["estimate_text", *self.geometry.looks])]
        return [*seen, *map(self.path, tables), *self.drawing.targets]

    def outputs(self) -> set[str]:
        """Every file that the whole run makes, temporary ones too."""
        parts = (
            *(self.views, self.geometry, self.inversion, self.closest, self.sweeps),
            *(self.denoising, self.implicit, self.latent),
            *(self.drawing, self.explorer),
        )
        estimate = {self.path("estimate"), self.path("estimate_text")}
        return estimate | {path for part in parts if part for path in part.outputs()}
