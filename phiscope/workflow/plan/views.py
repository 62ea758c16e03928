"""Views: which there are, what each starts from, what its transformation needs, how many samples it has."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phiscope.views import DATASET, VIEWS, attacks
from phiscope.workflow import chunks
from phiscope.workflow.plan.chain import Part, Source
from phiscope.workflow.plan.chunked import IMAGES, chunks_of
from phiscope.workflow.plan.view import View

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan


class Views(Mapping[str, View]):
    """The views of a run, by name."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._views = {name: View(name, options) for name, options in plan.config["views"].items()}

    def __getitem__(self, name: str) -> View:
        return self._views[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)

    # Kinds of views.

    @cached_property
    def derived(self) -> list[str]:
        return [name for name, view in self.items() if view.is_derived]

    @cached_property
    def hulls_of(self) -> dict[str, str]:
        """View -> the view whose training images span the hull that it is also judged against."""
        return {name: view.hull_of for name, view in self.items() if view.hull_of}

    @cached_property
    def on_pixel_hull(self) -> dict[str, str]:
        """View -> the view that holds its projections onto the hull in pixel space."""
        return {view.parent: name for name, view in self.items() if view.kind == "hull-pixel"}

    @cached_property
    def main(self) -> list[str]:
        """Those that figures with a panel per view show."""
        return ["original", *self.on_pixel_hull.values()]

    @cached_property
    def foreign(self) -> list[str]:
        """Those that begin with another data set; they have no counterpart among our samples."""
        return [name for name in self if self.origin(name) != "original"]

    @cached_property
    def attacks(self) -> list[str]:
        """Those that an attack makes of our own samples."""
        return [name for name in attacks(self._plan.config["views"]) if name not in self.foreign]

    @cached_property
    def suspicious(self) -> list[str]:
        """Those whose samples detectors tell from genuine ones, which are test samples; none where there are none."""
        return [] if self._plan.only == "train" else [*self.attacks, *self.foreign]

    @cached_property
    def projected_in(self) -> frozenset[str]:
        """Spaces in which some view is projected onto the hull."""
        return frozenset(space for view in self.values() for space in view.spaces)

    @cached_property
    def scored(self) -> list[str]:
        """Those that detectors look at: of a test set alone none if there is nothing to tell its samples from."""
        asked = self.suspicious or self._plan.only is None
        return ["original", *self.suspicious] if asked else []

    @cached_property
    def of_the_boundary(self) -> str | None:
        """DeepFool that stops at the boundary, whose numbers stand beside the published ones, if there is one."""
        deepfool = [name for name in self.attacks if self[name].kind == "deepfool"]
        return next((name for name in deepfool if not self.parameters(name).get("confidence")), None)

    @cached_property
    def named_attacks(self) -> dict[str, str]:
        """Attacks that Yousefzadeh 2022 names -> the view of each: the first of the original images that knows nothing
        of detectors or denoisers."""
        found = {"deepfool": self.of_the_boundary} if self.of_the_boundary else {}
        for key, kind in (("pgd_first", "pgd-first"), ("pgd_full", "pgd-full")):
            plain = [name for name in self.attacks if self[name].kind == kind and self[name].parent == "original"]
            knowing = ("confidence", "hull_penalty", "through")
            plain = [name for name in plain if not any(self.parameters(name).get(each) for each in knowing)]
            found |= {key: plain[0]} if plain else {}
        return found

    @cached_property
    def swept(self) -> dict[str, dict[str, Any]]:
        """Parameters, kind included, of the attacks of kinds that are run with some confidence beyond the boundary."""
        parameters = {name: {"kind": self[name].kind} | self.parameters(name) for name in self.attacks}
        kinds = {given["kind"] for given in parameters.values() if given.get("confidence")}
        return {name: given for name, given in parameters.items() if given["kind"] in kinds}

    @cached_property
    def through_latent_space(self) -> dict[str, str]:
        """View -> the view it starts from, of those that are drawn from latents."""
        return {name: self[name].parent for name in self.derived if "bases" in VIEWS[self[name].kind].needs}

    @cached_property
    def redrawn(self) -> dict[str, dict[str, Any]]:
        """How each view of kind `implicit` draws its samples again, and from which view it takes them."""
        return {
            name: {"encoding": view.options["encoding"], "k": view.options.get("k") or 0, "of": view.parent}
            for name, view in self.items()
            if view.kind == "implicit"
        }

    def origin(self, name: str) -> str:
        """`original`, or the data set that a view and all it starts from begin with."""
        while name in self and self[name].kind != "original":
            name = self[name].parent
        return self[name].parent if name in self else name

    # Samples.

    def samples(self, name: str, split: str) -> int:
        """Samples of a view: those of the view or data set it starts from, or the first of them."""
        counts = self._plan.counts
        if counts is None:
            raise ValueError("the plan has no counts yet; see Plan.with_counts")
        if name == "original":
            count = at_most(counts.splits[split], self._plan.limit(split))
        elif dataset := self[name].dataset:
            count = at_most(counts.datasets[dataset], self.limit_of(dataset))
        elif "pixel_hull" in self[name].needs:
            count = self.projected(self[name].parent, "pixel")
        else:
            count = self.samples(self[name].parent, split)
        return count if split == "train" else at_most(count, self[name].options.get("samples"))

    def extent(self, name: str) -> tuple[str, int | None]:
        """What the number of test samples of a view follows from: whose samples they are, and how many at most.

        Known before samples are counted; equal extents are equal numbers.
        """
        limits = []
        while name != "original" and name in self:
            limits.append(self[name].options.get("samples"))
            if "pixel_hull" in self[name].needs:
                limits.append(self._plan.config["hulls"]["pixel"]["samples"])
            name = self[name].parent
        limits += [self["original"].options.get("samples")] if name == "original" and name in self else []
        return name, min((limit for limit in limits if limit is not None), default=None)

    def projected(self, name: str, space: str) -> int:
        """Samples of a view that are projected onto the hull in a space."""
        return at_most(self.samples(name, "test"), self._plan.config["hulls"][space]["samples"])

    # Files.

    def images(self, name: str) -> str:
        """Images of a view, or of what `dataset:<name>` names, which no view can be called; by {split} and {chunk}."""
        return self._plan.below(f"views/{name.replace(':', '/')}/{{split}}/{{chunk}}.safetensors")

    def source(self, name: str, split: str, chunk: str) -> str:
        """Images that a chunk of a view starts from, and maybe more after them: of a view, or of another data set."""
        parent = self[name].parent
        return self.images(parent).format(split=split, chunk=self.covering(parent, split, chunk))

    def covering(self, name: str, split: str, chunk: str) -> str:
        """The chunk of a view, or of `dataset:<name>`, that begins with the sample that another view's chunk does."""
        counts, dataset = self._plan.counts, name.removeprefix(DATASET)
        if name == dataset:
            count = self.samples(name, split)
        else:
            assert counts is not None  # the chunks of the other view could not be named without
            count = at_most(counts.datasets[dataset], self.limit_of(dataset))
        start = chunks.span(chunk).start
        return next(each for each in self._plan.chunk_names(count) if chunks.span(each).start == start)

    def limit_of(self, dataset: str) -> int | None:
        """Most samples of another data set that the configuration allows."""
        return self._plan.config["datasets"][dataset].get("limit", {}).get("test")

    def image_chunks(self, name: str) -> list[str]:
        names = self._plan.chunk_names(self.samples(name, "test"))
        return [self.images(name).format(split="test", chunk=chunk) for chunk in names]

    def features(self, split: str = "test") -> list[str]:
        """Features of every view."""
        return [self._plan.below(f"features/{name}/{split}.parquet") for name in self]

    def training_features(self, name: str) -> str:
        """Features of the training images under a view."""
        return self._plan.below(f"features/{name}/train.parquet")

    @cached_property
    def datasets(self) -> list[str]:
        """Other data sets that views start from."""
        return list(dict.fromkeys(view.dataset for view in self.values() if view.dataset))

    @cached_property
    def slices(self) -> dict[str, str]:
        """What is cut out of a prepared split -> the split: views of kind `original`, data sets views start from."""
        own = {"original": self._plan.below("data/{split}.safetensors")}
        others = {name: view.dataset for name, view in self.items() if name != "original" and not view.is_derived}
        others |= {self[name].parent: self[name].dataset for name in self.derived if self[name].dataset}
        return own | {name: self._plan.prepared_dataset(str(dataset)) for name, dataset in others.items()}

    def kept(self, name: str) -> bool:
        """Whether the images of a view, or of what views start from, stay."""
        return name not in self or self[name].kept

    @cached_property
    def not_kept(self) -> list[str]:
        """Images of views that go when nothing needs them any more; {chunk} stays open."""
        return [self.images(name).replace("{split}", split) for name, split in self.made if not self.kept(name)]

    def needs(self, name: str, split: str = "test") -> dict[str, Source]:
        """Files of the artifacts that a view's transformation wants, and its mask, by name."""
        latent, view = self._plan.latent, self[name]
        encoder = latent.encoder(view.options.get("setting")) if latent else {}
        files: dict[str, Source] = {
            need: self._plan.path(need, **(encoder if need in ("encoder", "bases") else {})) for need in view.needs
        }
        if "pixel_hull" in files:
            files["pixel_hull"] = self._pixel_hull(view.parent, split)
        return files | ({"mask": mask} if (mask := mask_of(view.options)) else {})

    def _pixel_hull(self, name: str, split: str) -> Source:
        """Projections in pixel space of the samples of a view's chunk, and maybe of more after them."""

        def file(plan: Plan, wildcards: Any) -> str:
            chunk = plan.views.covering(name, split, wildcards.chunk)
            return plan.path("pixel_hull", view=name, split=split, chunk=chunk)

        return file

    @cached_property
    def made(self) -> list[tuple[str, str]]:
        """(view, split) of what transformations make: test images, and training images that span a hull, with those
        that they are made from."""
        train = {name for view in set(self.hulls_of.values()) for name in self._line(view)}
        wanted = {"test": set(self.derived), "train": train}
        return [(name, split) for name in self.derived for split in wanted if name in wanted[split]]

    def _line(self, name: str) -> Iterator[str]:
        """A view and those of the run that it starts from, one after another."""
        while name in self:
            yield name
            if self[name].kind == "original":
                return
            name = self[name].parent

    @cached_property
    def made_where_placed(self) -> list[tuple[str, str]]:
        """(view, split) of images that are made by the job which computes their features.

        No other view starts from them, and making them takes a pass of a network at most. What attacks make stays when
        features are computed anew.
        """
        starts = {(self[name].parent, split) for name, split in self.made}
        return [each for each in self.made if not self[each[0]].is_attack and each not in starts]

    def making(self, name: str, split: str) -> list[Part]:
        """Makes a chunk of a view and, of an attack on our own samples, judges it."""
        plan, view, named = self._plan, self[name], {"view": name, "split": split}

        def source(plan: Plan, wildcards: Any) -> str:
            return plan.views.source(name, split, wildcards.chunk)

        needs, images = self.needs(name, split), self.images(name).replace("{split}", split)
        made = Part("make_view", {**needs, "source": source}, {"images": images}, named)
        if name not in plan.geometry.judged or split == "train":
            return [made]
        networks = {need: needs[need] for need in ("classifier", *view.behind)}
        table = plan.below(f"chunks/attacks/{name}/{split}/{{chunk}}.parquet")
        looked_at: dict[str, Source] = {"original": source, "attacked": images, **networks}
        return [made, Part("judge_attack", looked_at, {"table": table}, named)]

    def parameters(self, name: str) -> dict[str, Any]:
        """What the configuration gives a view's transformation."""
        own = self[name].parameters
        latent = self._plan.latent
        return {"basis": latent.options["basis"]} | own if latent and name in self.through_latent_space else own

    def seed(self, split: str) -> int:
        """Of what a view draws. ASSUME: a training image is not drawn the noise of the test image of its number."""
        return self._plan.config["seed"] + (split == "train")

    def outputs(self) -> Iterator[str]:
        plan = self._plan
        yield from (plan.prepared(split) for split in ("train", "test"))
        yield from (plan.prepared_dataset(name) for name in self.datasets)
        yield from (
            self.images(chunk.view).format(split=chunk.split, chunk=chunk.name)
            for chunk in chunks_of(plan)
            if chunk.what == IMAGES
        )
        yield from (plan.path("exhibits", view=name) for name in plan.drawing.exhibited)
        if self.redrawn:
            yield plan.path("redrawn")


def at_most(count: int, most: int | None) -> int:
    return count if most is None else min(count, most)


def mask_of(inpainted: Mapping[str, Any]) -> str | list[str]:
    """File of the mask of an inpainting; nothing without one."""
    return os.path.expanduser(os.path.expandvars(inpainted["mask"])) if "mask" in inpainted else []
