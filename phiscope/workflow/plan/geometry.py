"""Where samples stand: the classifier, features, margins, hull projections, balls, detectors, and their statistics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phiscope.errors import ConfigError
from phiscope.views import DATASET
from phiscope.workflow.plan import summaries
from phiscope.workflow.plan.chain import Chain, Part, Source
from phiscope.workflow.plan.chunked import ATTACKS, HULLS, LOCATED, ROUNDED, chunks_of

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan


class Geometry:
    """What is computed of every view, and what is said of all of them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    @property
    def is_trained(self) -> bool:
        """Whether the classifier is trained here, not loaded, and no head alone."""
        return self._plan.holds_images and not self._plan.config["classifier"]["weights"]

    @cached_property
    def located(self) -> list[tuple[str, str]]:
        """(view, split) with a table of features: every view, and training images under views that span a hull."""
        return list(dict.fromkeys([*self.with_balls, *((name, "train") for name in self.spanning)]))

    @cached_property
    def with_balls(self) -> list[tuple[str, str]]:
        """(view, split) of the samples of every view."""
        return [(name, split) for name, view in self._plan.views.items() for split in view.splits]

    @cached_property
    def spanning(self) -> list[str]:
        """Views whose training images span a hull that other views are judged against."""
        return sorted(set(self._plan.views.hulls_of.values()))

    @cached_property
    def of_classes(self) -> list[str]:
        """Views whose samples are projected onto the hulls of classes."""
        views = self._plan.views
        asked = "class" in self._plan.config["hulls"]["of"] and self._plan.only is None
        return [name for name in views if "feature" in views[name].spaces] if asked else []

    @cached_property
    def judged(self) -> list[str]:
        """Views in the table `attacks`, which is there where an attack starts from our own samples."""
        views = self._plan.views
        return [name for name in views if views[name].is_attack] if views.attacks else []

    # Tables that not every run has, as lists of none or one.

    @property
    def processed(self) -> list[str]:
        return ["processed_hulls"] if self._plan.views.hulls_of else []

    @property
    def class_hulls(self) -> list[str]:
        return ["class_hulls"] if self.of_classes else []

    @property
    def leave_one_out(self) -> list[str]:
        """Where there are p-values: the distances of training samples to the hull of the others."""
        return ["leave_one_out"] if self.between_hulls and self._plan.config["hulls"]["left_out"] else []

    @property
    def attacks(self) -> list[str]:
        """What attacks left behind, and where that stands in 8 bits."""
        return ["attacks", "rounded"] if self._plan.views.attacks else []

    @property
    def scores(self) -> list[str]:
        return ["scores"] if self._plan.views.scored else []

    @property
    def tables(self) -> list[str]:
        """Tables that are merged from chunks of views."""
        return ["margins", "hulls", *self.processed, *self.class_hulls, *self.attacks]

    @cached_property
    def statistics(self) -> list[str]:
        """Of where samples stand."""
        people = ["entropy", "agreement"] if self._plan.config["dataset"].get("human_labels") else []
        return ["standing", "support", "accuracy", "ball_summary", "lipschitz", *people, *self.of_training]

    @cached_property
    def between_hulls(self) -> list[str]:
        """Statistics of hulls, where test samples are projected onto some in feature space."""
        projected = self._plan.only is None and "feature" in self._plan.views.projected_in
        return ["hull_standing", "hull_summary"] if projected else []

    @cached_property
    def dimension(self) -> list[str]:
        """The statistic of how many dimensions it takes to be outside, where the original is projected."""
        plan = self._plan
        projected = plan.only is None and "feature" in plan.views["original"].spaces
        return ["dimension"] if projected and plan.config["hulls"]["dimensions"] else []

    @cached_property
    def questions(self) -> list[str]:
        """What detectors tell of test samples as they are, and of those of other data sets."""
        return ["detector_questions"] if self.scores and self._plan.only is None else []

    @property
    def of_training(self) -> list[str]:
        """Statistics of training samples, where there are no others."""
        return ["training_standing"] if self._plan.only == "train" else []

    @property
    def inspected(self) -> tuple[str, ...]:
        """Samples worth a look and where those of each class stand, by name of the artifact."""
        return "inspect", "inspect_csv", "class_summary", "class_pairs"

    @cached_property
    def detection(self) -> list[str]:
        """Statistics of detectors and attacks."""
        views = self._plan.views
        return [
            *(["detection", "roc_curves"] if views.suspicious else []),
            *(["attack_summary", "attack_moves"] if views.attacks else []),
            *(["by_confidence"] if views.swept else []),
        ]

    @cached_property
    def compared(self) -> list[str]:
        """Statistics and tables that the comparison with Yousefzadeh 2022 reads, by name of the artifact."""
        plan = self._plan
        return [
            *(name for name in self.statistics if name not in ("ball_summary", "entropy", *self.of_training)),
            *(["attack_summary", "attack_moves"] if plan.views.attacks else []),
            *(["sweep_summary"] if "sweep_summary" in plan.sweeps.statistics else []),
            *(["inversion_summary"] if plan.inversion.statistics else []),
            *(["latent"] if plan.latent else []),
            *("hulls", "balls", "margins"),
        ]

    def parts(self, table: str) -> list[str]:
        """Every chunk of a table, over all views."""
        plan, views = self._plan, self._plan.views
        if table == "scores":  # detectors look at a whole view at once
            return [plan.below(f"chunks/scores/{name}.parquet") for name in views.scored]
        chunked = {
            "margins": [("margins", name, split) for name, view in views.items() for split in view.splits],
            "hulls": [(HULLS[space], name, "test") for name, view in views.items() for space in view.spaces],
            "processed_hulls": [(HULLS["processed"], name, "test") for name in views.hulls_of],
            "class_hulls": [(HULLS["class"], name, "test") for name in self.of_classes],
            "attacks": [(ATTACKS, name, "test") for name in self.judged],
            "rounded": [(ROUNDED, name, "test") for name in self.judged],
        }
        return [part for which in chunked[table] for part in plan.chunks(*which)]

    def hull_chunks(self, view: str) -> list[str]:
        """Chunks of a view's projections in feature space: none where the configuration asks for none."""
        return self._plan.chunks(HULLS["feature"], view, "test") if "feature" in self._plan.views[view].spaces else []

    def class_chunks(self, view: str) -> list[str]:
        """The same onto the hulls of classes."""
        return self._plan.chunks(HULLS["class"], view, "test") if view in self.of_classes else []

    def chunk(self, table: str, view: str, split: str) -> str:
        """File of a chunk of a table; {chunk} stays open."""
        return self._plan.below(f"chunks/{table}/{view}/{split}/{{chunk}}.parquet")

    # Jobs of several parts.

    @property
    def looks(self) -> list[str]:
        """Names of artifacts: what is seen of the classifier, before its training as well where it is trained here.

        None of a head alone: a look is at what a network does with images.
        """
        if not self._plan.holds_images:
            return []
        return ["check", *(["check_before_training"] if self.is_trained else [])]

    def fitting(self) -> Chain:
        """The classifier, trained or loaded, and its head."""
        plan = self._plan
        network = {"classifier": plan.path("classifier"), "description": plan.path("classifier_description")}
        if not plan.holds_images:
            vectors: dict[str, Source] = {split: plan.prepared(split) for split in ("train", "test")}
            own = Part("fit_head", vectors, network)
        elif self.is_trained:
            images: dict[str, Source] = {"images": plan.prepared("train")}
            own = Part("train_classifier", images, network | {"log": plan.path("classifier_log")})
        else:
            own = Part("load_classifier", {}, network)
        prepared = {"images": plan.prepared(plan.tried), "training": plan.prepared("train")}
        split: dict[str, Source] = {"classifier": network["classifier"], **prepared}
        return Chain(plan, [own, Part("split_classifier", split, {"head": plan.path("head")})])

    @property
    def fitting_in_words(self) -> str:
        if not self._plan.holds_images:
            return "The head of the vectors"
        return "Train the classifier" if self.is_trained else "Load the classifier"

    @cached_property
    def placed(self) -> dict[str, list[tuple[str, str]]]:
        """Name of a rule -> (view, split) of the views whose chunks of one name are placed by one of its jobs.

        Views of as many samples have chunks of the same names, whose features one process computes: what it would
        cost to start one for each is more than what most of them take.
        """
        groups: dict[str, list[tuple[str, str]]] = {}
        for view, split in self.located:
            groups.setdefault(self._placed_by(view, split), []).append((view, split))
        for group in groups.values():
            if len({self._plan.views.extent(view) for view, _ in group}) > 1:
                names = ", ".join(view for view, _ in group)
                raise ConfigError(f"config: views {names}: their names and those of data sets run into each other")
        return groups

    def _placed_by(self, view: str, split: str) -> str:
        views = self._plan.views
        if split == "train":
            return f"span_{view}"
        if view == "original" or view in views.on_pixel_hull:
            return f"locate_{view}"  # searches, and images on the hull, begin with where these stand
        origin, limit = views.extent(view)
        of = "" if origin == "original" else f"_of_{origin.removeprefix(DATASET)}"
        return f"place_views{of}" + ("" if limit is None else f"_first_{limit}")

    def placed_in_words(self, rule: str) -> str:
        """What one of its jobs does, with the wildcard {wildcards.chunk}."""
        (view, split), *others = self.placed[rule]
        of = f"{len(others) + 1} views" if others else view
        hulls = any(self._spanning_of(name) for name, _ in self.placed[rule]) and view != "original" and split == "test"
        quantities = "Features, margins and hull distances" if hulls else "Features and margins"
        return f"{quantities} of {of}, {split} samples {{wildcards.chunk}}"

    def placing(self, rule: str) -> Chain:
        """Where samples stand: features, margins and, but of the original, projections onto hulls in feature space.

        Views that take no time to make are made by the same job.
        """
        views, group = self._plan.views, self.placed[rule]
        made = [part for each in group if each in views.made_where_placed for part in views.making(*each)]
        return Chain(self._plan, made + [part for view, split in group for part in self._placing(view, split)])

    def _placing(self, view: str, split: str) -> list[Part]:
        plan = self._plan
        named = {"view": view, "split": split}
        head, vectors = plan.path("head"), self._vectors(view, split)
        seen = {"images": plan.views.images(view).replace("{split}", split), "classifier": plan.path("classifier")}
        located = {name: self.chunk(name, view, split) for name in (LOCATED, "margins")}
        return [
            Part("extract_features", {**seen, "head": head}, {"vectors": vectors}, named),
            Part("locate", {"vectors": vectors, "head": head}, located, named),
            *(self._projections(view) if view != "original" and split == "test" else []),
            *([self._rounded(view, seen)] if view in self.judged and split == "test" else []),
        ]

    def _rounded(self, view: str, seen: Mapping[str, Source]) -> Part:
        """Where attacked images stand in 8 bits: their features, margins and hull distances once more."""
        plan, named = self._plan, {"view": view, "split": "test"}
        given: dict[str, Source] = {
            "attacked": seen["images"],
            "classifier": seen["classifier"],
            "head": plan.path("head"),
            "judged": self.chunk(ATTACKS, view, "test"),
            "training": self.spanned_by("original") if "feature" in plan.views[view].spaces else [],
        }
        return Part("locate_rounded", given, {"rounded": self.chunk(ROUNDED, view, "test")}, named)

    def projecting(self) -> Chain:
        """Projections of a chunk of the original view onto hulls in feature space.

        Not a part of placing it: searches for images start from the features, and a changed hull solver must not
        begin these anew.
        """
        return Chain(self._plan, self._projections("original"))

    def projecting_pixels(self) -> Chain:
        """Projections of a chunk of a view onto the hull in pixel space; {view} and {split} stay open."""
        plan = self._plan
        given: dict[str, Source] = {
            "images": plan.views.images("{view}"),
            "vectors": self._vectors("{view}", "{split}"),
            "head": plan.path("head"),
            "training": plan.prepared("train"),
        }
        projections = {"projections": self.chunk(HULLS["pixel"], "{view}", "{split}")}
        return Chain(plan, [Part("project_pixel_hull", given, projections)])

    def _projections(self, view: str) -> list[Part]:
        plan, parts = self._plan, []
        for space, training in self._spanning_of(view).items():
            given: dict[str, Source] = {"vectors": self._vectors(view, "test"), "training": self.spanned_by(training)}
            projected = {"projections": self.chunk(HULLS[space], view, "test")}
            named = {"view": view, "split": "test"}
            parts.append(Part(f"project_{space}_hull", {**given, "head": plan.path("head")}, projected, named))
        return parts

    def _vectors(self, view: str, split: str) -> str:
        """Features of a chunk, as the network gives them."""
        return self._plan.below(f"chunks/vectors/{view}/{split}/{{chunk}}.safetensors")

    def _spanning_of(self, view: str) -> dict[str, str]:
        """Kind of hull in feature space -> the view whose training images span it, for a view."""
        own = {"feature": "original"} if "feature" in self._plan.views[view].spaces else {}
        own |= {"class": "original"} if view in self.of_classes else {}
        hull_of = self._plan.views[view].hull_of
        return own | ({"processed": hull_of} if hull_of else {})

    def spanned_by(self, view: str) -> Source:
        """Features of the training images under a view: their only chunk, or what is gathered of several.

        Not their table, which holds margins as well: another solver of these must not project anew.
        """

        def file(plan: Plan, wildcards: Any) -> str:
            return next(iter([*plan.geometry.gathered(view), *plan.geometry.vectors_of(view)]))

        return file

    def vectors_of(self, view: str) -> list[str]:
        """Features of the training images under a view, in chunks."""
        names = self._plan.chunk_names(self._plan.views.samples(view, "train"))
        return [self._vectors(view, "train").format(chunk=name) for name in names]

    def gathered(self, *views: str) -> list[str]:
        """Of views, the files of all features of their training images, where these are several chunks."""
        several = [view for view in views if len(self.vectors_of(view)) > 1]
        return [self._plan.below(f"features/{view}/train.safetensors") for view in several]

    def all_gathered(self) -> Source:
        """Those of the original view and of the views whose training images span a hull."""
        return lambda plan, wildcards: plan.geometry.gathered("original", *plan.geometry.spanning)

    def tabulating(self) -> Chain:
        """Tables of all views and features of those beside the original, from their chunks; what detectors say."""
        return summaries.tabulating(self._plan)

    def summing_up(self) -> Chain:
        """Statistics of where the samples of all views stand."""
        return summaries.summing_up(self._plan)

    def outputs(self) -> Iterator[str]:
        plan = self._plan
        yield from (plan.path(name) for name in ("classifier", "classifier_description", "head", *self.looks))
        if self.is_trained:
            yield plan.path("classifier_log")
        for what, view, split, name in chunks_of(plan):
            if what in (LOCATED, ATTACKS, ROUNDED, *HULLS.values()):
                yield plan.below(f"chunks/{what}/{view}/{split}/{name}.parquet")
            if what == LOCATED:
                yield plan.below(f"chunks/margins/{view}/{split}/{name}.parquet")
                yield plan.below(f"chunks/vectors/{view}/{split}/{name}.safetensors")
        yield from (plan.below(f"features/{view}/{split}.parquet") for view, split in self.located)
        yield from self.gathered("original", *self.spanning)
        if plan.views.scored:
            yield from self.parts("scores")
        tables = (*self.tables, *self.scores, *self.leave_one_out, "samples", "balls", "paper_comparison")
        yield from map(plan.path, (*tables, "verification", "duplicates", "disagreements"))
        yield from map(plan.path, (*self.statistics, *self.inspected, *self.between_hulls, *self.dimension))
        yield from map(plan.path, (*self.questions, *self.detection))
