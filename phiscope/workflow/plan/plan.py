"""The plan of a run: its parts, its paths, its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from phiscope.workflow import chunks, code
from phiscope.workflow.artifacts import ARTIFACTS
from phiscope.workflow.config import enabled
from phiscope.workflow.places import project
from phiscope.workflow.plan import denoising, drawing, geometry, implicit, inversion, latent, views, work
from phiscope.workflow.plan.counts import Counts
from phiscope.workflow.plan.rule import Rule, digest, resolved

RULES: Mapping[str, Rule] = MappingProxyType(
    views.RULES
    | geometry.RULES
    | inversion.RULES
    | denoising.RULES
    | implicit.RULES
    | latent.RULES
    | drawing.RULES
    | work.RULES
)


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
        """The plan of a configuration that `phiscope.workflow.config.check` let pass; scripts: else the project's."""
        return cls(enabled(config), counts, Path(scripts or project() / "scripts"))

    def with_counts(self, counts: Counts) -> Plan:
        """The same run, now that its data are prepared."""
        return replace(self, counts=counts)

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
        return chunks.names(count, size or self.config["chunk_size"])

    def chunks(self, table: str, view: str, split: str) -> list[str]:
        """Files of a table's chunks: `features`, `margins`, `attacks`, `hulls/feature`, `/pixel`, `/processed`."""
        of_hulls = table.startswith("hulls/")
        space = "pixel" if table == "hulls/pixel" else "feature"
        count = self.views.projected(view, space) if of_hulls else self.views.samples(view, split)
        return [self.below(f"chunks/{table}/{view}/{split}/{name}.parquet") for name in self.chunk_names(count)]

    @cached_property
    def merged(self) -> list[str]:
        """Tables that are put together from chunks."""
        return [
            *self.geometry.tables,
            *(["inversions"] if self.inversion.any else []),
            *(["denoising", *(["denoising_study"] if self.denoising.study else [])] if self.denoising else []),
            *(["implicit"] if self.implicit else []),
            *(["spectra"] if self.latent else []),
        ]

    def parts(self, merged: str) -> list[str]:
        """The chunks of `tables/<name>` or of `features/<view>/<split>`."""
        kind, _, name = merged.partition("/")
        if kind == "features":
            return self.chunks("features", *name.split("/"))
        if name in self.geometry.tables:
            return self.geometry.parts(name)
        if name == "inversions":
            return self.inversion.parts
        if name == "implicit" and self.implicit:
            return self.implicit.parts
        if name == "spectra" and self.latent:
            return self.latent.of_first("spectra.parquet")
        assert self.denoising is not None  # `merged` names no other
        return self.denoising.parts if name == "denoising" else self.denoising.study_parts

    def needs(self, view: str) -> dict[str, str]:
        """Files of the artifacts that a view's transformation wants, by name; {split} and {chunk} stay open."""
        return self.views.needs(view)

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
        return dict(parameters) | {"code": rests_on}

    def fingerprint(self, rule: str, **wildcards: str) -> str:
        """Of a job: changes when one of its parameters or a line of the code that it rests on does."""
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
            *(["redrawn"] if self.views.redrawn else []),
            *(["inversion_budget"] if self.inversion.any else []),
            *([*self.denoising.statistics, *self.denoising.filter_statistics] if self.denoising else []),
            *([*self.implicit.statistics, *self.implicit.further_statistics] if self.implicit else []),
            *(self.latent.statistics if self.latent else []),
        }

    @cached_property
    def targets(self) -> list[str]:
        """What a run is for; all else is made on the way."""
        tables = [
            *self.geometry.attacks,
            *(["inversions"] if self.inversion.any else []),
            *([*self.denoising.tables, *self.denoising.statistics] if self.denoising else []),
            *(["implicit"] if self.implicit else []),
            *(["latent", "spectra"] if self.latent else []),
        ]
        return [self.below("report.html"), self.path("estimate_text"), *map(self.path, tables), *self.drawing.targets]

    def outputs(self) -> set[str]:
        """Every file that the whole run makes, temporary ones too."""
        parts = (self.views, self.geometry, self.inversion, self.denoising, self.implicit, self.latent, self.drawing)
        estimate = {self.path("estimate"), self.path("estimate_text")}
        return estimate | {path for part in parts if part for path in part.outputs()}
