"""Inversions: which samples, in which chunks, and what is said of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phiscope.datasets import open_prepared
from phiscope.datasets.order import numbered
from phiscope.experiments.inversion.budget import Asked, Decision, SearchCost, decide, seconds_of
from phiscope.workflow import chunks
from phiscope.workflow.plan.chain import Chain, Part, Source
from phiscope.workflow.plan.counts import Counts
from phiscope.workflow.plan.rule import Parameters, Rule
from phiscope.workflow.plan.views import at_most, mask_of

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan

TARGETS = ("flip", "hull")
# What one search is told; the other keys say which samples are inverted, and how many in a job.
_SELECTION = ("samples", "budget", "chunk_size", "references", "segment", "paths", "edits", "closest")


class Inversions:
    """Samples that are inverted, balls that are explored, samples that are edited."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.options: Mapping[str, Any] = plan.config["inversions"]

    @property
    def any(self) -> bool:
        """Whether samples are inverted at all."""
        return self.options["samples"] != 0

    @cached_property
    def explored(self) -> list[int | str]:
        """Test samples whose balls are explored: those of the report, as it names them."""
        return self._plan.config["report"]["samples"] if self.any else []

    @property
    def segments(self) -> bool:
        """Whether segments of feature space are walked."""
        return self.any and self.options["segment"] > 1

    @cached_property
    def edits(self) -> dict[int, Mapping[str, Any]]:
        """Test sample -> what is filled in."""
        return {edit["sample"]: edit for edit in self.options["edits"]}

    @property
    def beside_hull(self) -> bool:
        """Whether distances of DeepFool stand beside those to the hull in pixel space."""
        views = self._plan.views
        return bool(views.of_the_boundary) and "pixel" in views["original"].spaces

    @cached_property
    def statistics(self) -> list[str]:
        """Those of one kind of samples each; where there is one, there is `inversion_summary` as well."""
        return [
            *(["inversion_distances", "inversion_budget"] if self.any else []),
            *(["pixel_boundary"] if self.beside_hull else []),
            *(["edits"] if self.edits else []),
            *self._plan.closest.statistics,
        ]

    @cached_property
    def counted(self) -> list[str]:
        """Chunks of the samples that the configuration counts, first of the stratified order: nobody chose these."""
        count = at_most(self._plan.views.projected("original", "feature"), self.options["samples"])
        return self._plan.chunk_names(count, self.options["chunk_size"])

    @cached_property
    def named(self) -> list[str]:
        """Chunks of one sample each for those the report names, where they are not among the counted."""
        counts = self._plan.counts
        assert counts is not None  # `counted` has asked for them
        order = list(counts.order[: self._plan.views.samples("original", "test")])
        places = [order.index(number) for number in self._numbers(order) if number in order]
        after = chunks.span(self.counted[-1]).stop
        return [f"{place:07d}-{place + 1:07d}" for place in places if place >= after]

    @cached_property
    def counted_parts(self) -> list[str]:
        """Rows that statistics are of."""
        return [self._part(target, name) for target in TARGETS for name in self.counted]

    @cached_property
    def parts(self) -> list[str]:
        """Every chunk of the table."""
        names = [*self.counted, *self.named]
        balls = [self._plan.below(f"chunks/inversions/ball-{number}.parquet") for number in self.explored]
        return [*(self._part(target, name) for target in TARGETS for name in names), *balls]

    @property
    def inverted(self) -> list[tuple[str, str]]:
        """(target, chunk) of the files with the images that the column `image` of the table names."""
        return [(target, name) for target in TARGETS for name in (*self.counted, *self.named)]

    # What the budget allows: known once what a search costs is measured.

    def measured(self) -> SearchCost:
        """What the artifact `search_cost` holds, relative to where the workflow runs.

        Raises FileNotFoundError while it is not there, which Snakemake takes as a parameter to be determined.
        """
        return SearchCost.read(self._plan.path("search_cost"))

    def decision(self) -> Decision:
        """What is inverted and explored; reads the artifacts `search_cost` and `test_images`, as `measured` does."""
        measured, prepared = self.measured(), Path(self._plan.prepared("test"))
        with prepared.open("rb"):
            order = open_prepared(prepared).samples.tolist()
        views = self._plan.with_counts(Counts({"test": len(order)})).views
        count = at_most(views.projected("original", "feature"), self.options["samples"])
        order = order[: views.samples("original", "test")]
        places = {number: order.index(number) for number in self._numbers(order) if number in order}
        return decide(
            Asked(count, places),
            measured.pair(self.options),
            measured.ball(self.options),
            seconds_of(self.options["budget"]),
            enough_memory=measured.batch > 0,
        )

    def allowed(self, chunk: str) -> list[int]:
        """Places of a chunk that are inverted."""
        return self.decision().in_chunk(chunks.span(chunk))

    def _numbers(self, order: Sequence[int]) -> list[int]:
        """Numbers of the samples whose balls are explored."""
        return [numbered(sample, order) for sample in self.explored]

    def is_explored(self, sample: str) -> bool:
        """Whether a ball is explored; of a sample that is not there, yes: who explores says so."""
        decision = self.decision()
        first = [number for number, place in decision.asked.named.items() if place == 0]
        number = numbered(sample, first)
        return number in decision.explored or number not in decision.asked.named

    def budget(self) -> dict[str, Any]:
        """counted: how many samples statistics are of; rows: of the statistic `inversion_budget`, what was left out."""
        decision, measured = self.decision(), self.measured()
        complete = not decision.left_out and len(decision.explored) == len(decision.asked.named)
        # What was measured stands where something was left out for it; else the same run gives the same rows again.
        shown = {
            "budget_seconds": seconds_of(self.options["budget"]) if not complete else None,
            "needed_bytes": measured.image_bytes if decision.lacks_memory else None,
            "free_bytes": measured.memory if decision.lacks_memory else None,
        }
        shown = {name: math.nan if value is None else value for name, value in shown.items()}
        rows = [
            {
                "what": "samples",
                "sample": -1,
                "made": len(decision.places),
                "left_out": len(decision.left_out),
                "inverted": bool(decision.places),
                "seconds_each": math.nan if complete else measured.pair(self.options),
            }
        ]
        rows += [
            {
                "what": "ball",
                "sample": number,
                "made": int(number in decision.explored),
                "left_out": int(number not in decision.explored),
                "inverted": place in decision.places,
                "seconds_each": math.nan if complete else measured.ball(self.options),
            }
            for number, place in decision.asked.named.items()
        ]
        rows = [row | shown for row in rows]
        return {"counted": decision.counted, "rows": rows}

    def summing_up(self) -> Chain:
        """Edited samples, the table of inversions, what they say, and the comparison with the texts."""
        plan, parts = self._plan, []
        test, head = plan.prepared("test"), plan.path("head")
        for number in self.edits:
            looked_at: dict[str, Source] = {"test_images": test, "classifier": plan.path("classifier"), "head": head}
            shown = {"shown": plan.path("edited_samples", number=number)}
            parts.append(Part("edit_sample", {**looked_at, "mask": self.mask(number)}, shown, {"number": str(number)}))
        if self.any:
            parts.append(plan.merge("tables/inversions"))
        if plan.closest.any:
            parts.append(plan.merge("tables/closest_images"))
        if self.statistics:
            read: dict[str, Source] = {
                **plan.paths("standing", "hulls", *plan.geometry.attacks, *(["search_cost"] if self.any else [])),
                **plan.paths(*plan.closest.tables),
                **({"inversions": lambda counted, wildcards: counted.inversion.counted_parts} if self.any else {}),
                "test_images": test,
                "balls": [plan.path("explored_balls", number=number) for number in self.explored],
                "edits": [plan.path("edited_samples", number=number) for number in self.edits],
                "head": head,
                "training": plan.path("training_features"),
            }
            parts.append(Part("compute_inversions", read, plan.paths(*self.statistics, "inversion_summary")))
        compared: dict[str, Source] = {**plan.paths(*plan.geometry.compared)}
        return Chain(plan, [*parts, Part("compare_with_paper", compared, plan.paths("paper_comparison"))])

    def mask(self, number: int) -> str | list[str]:
        """File of what an edit hides, if it names one."""
        return mask_of(self.edits[number])

    def _part(self, target: str, chunk: str) -> str:
        return self._plan.below(f"chunks/inversions/{target}/{chunk}.parquet")

    def outputs(self) -> Iterator[str]:
        plan = self._plan
        if self.any:
            yield plan.path("search_cost")
            yield plan.path("inversions")
            yield from self.parts
            yield from (plan.path("inverted_images", target=target, chunk=name) for target, name in self.inverted)
            yield from (plan.path("explored_balls", number=number) for number in self.explored)
        yield from (plan.path("edited_samples", number=number) for number in self.edits)
        if self.statistics:
            own = (name for name in self.statistics if name not in plan.closest.statistics)
            yield from map(plan.path, (*own, "inversion_summary"))


def _search(plan: Plan) -> Parameters:
    return {"options": {key: value for key, value in plan.inversion.options.items() if key not in _SELECTION}}


def _edit(plan: Plan) -> Parameters:
    def what(wildcards: Any) -> dict[str, Any]:
        edit = plan.inversion.edits[int(wildcards.number)]
        return {key: value for key, value in edit.items() if key != "sample"}

    return {"what": what, "seed": plan.config["seed"]}


def _statistics(plan: Plan) -> Parameters:
    return {
        "deepfool": plan.views.of_the_boundary,
        "explored": plan.inversion.explored,
        **({"budget": lambda wildcards: plan.inversion.budget()} if plan.inversion.any else {}),
        "edited": list(plan.inversion.edits),
        "options": plan.config["statistics"],
        "seed": plan.config["seed"],
    }


RULES = {
    "time_search": Rule("inversion/time_search"),
    "invert": Rule("inversion/invert", _search),
    "explore_ball": Rule(
        "inversion/explore_ball",
        lambda plan: {
            "references": plan.inversion.options["references"],
            "segment": plan.inversion.options["segment"],
            **_search(plan),
        },
    ),
    "edit_sample": Rule("inversion/edit_sample", _edit),
    "compute_inversions": Rule("inversion/compute_inversions", _statistics),
}
