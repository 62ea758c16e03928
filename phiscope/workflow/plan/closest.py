"""The closest image on the decision boundary: of which samples, in which chunks, from which starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phiscope.workflow.plan.rule import Parameters, Rule
from phiscope.workflow.plan.views import at_most

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan


class Closest:
    """Test samples as they are, the first of the stratified order."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._options: Mapping[str, Any] = plan.config["inversions"]["closest"]

    @property
    def any(self) -> bool:
        """Whether images are sought at all."""
        return self._options["samples"] != 0

    @property
    def tables(self) -> list[str]:
        return ["closest_images"] if self.any else []

    @property
    def statistics(self) -> list[str]:
        return ["closest_distances"] if self.any else []

    @property
    def count(self) -> int:
        return at_most(self._plan.views.samples("original", "test"), self._options["samples"])

    @cached_property
    def chunk_names(self) -> list[str]:
        return self._plan.chunk_names(self.count, self._options["chunk_size"]) if self.any else []

    @cached_property
    def attacks(self) -> list[str]:
        """Views whose images searches begin at: attacks on the samples as they are."""
        views = self._plan.views
        return [name for name in views.attacks if views[name].parent == "original"]

    @property
    def attacked(self) -> list[str]:
        """Files with all images of these views, one view after another."""
        return [chunk for name in self.attacks for chunk in self._plan.views.image_chunks(name)]

    @property
    def attacked_chunks(self) -> dict[str, list[str]]:
        """View -> names of the chunks of its images, in the order of `attacked`."""
        plan = self._plan
        return {name: plan.chunk_names(plan.views.samples(name, "test")) for name in self.attacks}

    @property
    def parts(self) -> list[str]:
        """Every chunk of the table."""
        return [self._plan.below(f"chunks/closest_images/{name}.parquet") for name in self.chunk_names]

    @property
    def files(self) -> dict[str, dict[str, object]]:
        """Name of a chunk -> its wildcards, of the artifact `closest_files`."""
        return {name: {"chunk": name} for name in self.chunk_names}

    def outputs(self) -> Iterator[str]:
        if self.any:
            yield self._plan.path("closest_images")
            yield self._plan.path("closest_distances")
            yield from self.parts
            yield from (self._plan.path("closest_files", chunk=name) for name in self.chunk_names)


def _sought(plan: Plan) -> Parameters:
    return {"attacks": plan.closest.attacks, "limit": plan.limit("train")}


RULES = {"find_closest": Rule("inversion/find_closest", _sought)}
