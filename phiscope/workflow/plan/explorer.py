"""The explorer: what its page and its thumbnails are made from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phiscope.explorer.gather import NEEDS, OPTIONAL
from phiscope.explorer.page import content
from phiscope.workflow.plan.rule import Parameters, Rule, reported

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan


class Explorer:
    """The page in which every sample of a run can be looked at, and the pictures that it shows."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    @property
    def page(self) -> str:
        return self._plan.below("explorer/index.html")

    @cached_property
    def located(self) -> dict[str, str]:
        """View -> the features of its samples: test samples, or training samples where there are no others."""
        split = "train" if self._plan.only == "train" else "test"
        names = [name for name, with_split in self._plan.geometry.with_balls if with_split == split]
        return {name: self._plan.below(f"features/{name}/{split}.parquet") for name in names}

    @cached_property
    def artifacts(self) -> list[str]:
        """Names of what the page is made of, beside features, as far as the run has it."""
        plan = self._plan
        has = {
            "support": True,
            "duplicates": True,
            "processed_hulls": bool(plan.geometry.processed),
            "attacks": bool(plan.geometry.attacks),
            "scores": bool(plan.geometry.scores),
            "inversions": plan.inversion.any,
            "closest_images": plan.closest.any,
            "spectra": plan.latent is not None,
            "entropy": "entropy" in plan.geometry.statistics,
            "thumbnails": plan.holds_images,
            "hull_standing": bool(plan.geometry.between_hulls),
            "inspect": True,
            "disagreements": True,
        }
        return [*(name for name in NEEDS if name != "located"), *(name for name in OPTIONAL if has.get(name))]

    @cached_property
    def several(self) -> dict[str, dict[str, str]]:
        """Name -> files by what tells them apart, of inputs of which there are several; needs counts."""
        plan = self._plan
        inverted = {
            f"{target}/{chunk}": plan.path("inverted_images", target=target, chunk=chunk)
            for target, chunk in (plan.inversion.inverted if plan.inversion.any else ())
        }
        return {"located": self.located, **({"inverted_images": inverted} if inverted else {})}

    @property
    def inputs(self) -> dict[str, Any]:
        """Name -> file, or files, of what the page is made of; needs counts."""
        return self._plan.paths(*self.artifacts) | {name: list(files.values()) for name, files in self.several.items()}

    @property
    def told_apart(self) -> dict[str, list[str]]:
        """Of inputs of which there are several, what tells them apart; needs counts."""
        return {name: list(files) for name, files in self.several.items()}

    @cached_property
    def context(self) -> dict[str, Any]:
        """What the page is told of the run beside its artifacts."""
        plan = self._plan
        return {
            "title": plan.config["report"]["title"],
            "only": plan.only,
            "setting": plan.latent.main if plan.latent else None,
            "views": {name: plan.config["views"][name] for name in self.located},
            "origins": {name: plan.views.origin(name) for name in self.located},
        }

    # Thumbnails.

    @cached_property
    def pictured(self) -> list[str]:
        """Views whose images are there to be shown; those of the original are in the prepared split."""
        return [name for name in self.located if name != "original" and self._plan.views.kept(name)]

    def pictures(self) -> dict[str, Any]:
        """What thumbnails are made of: images alone, so that a changed table makes none anew. Needs counts."""
        chunks = {f"view{place}": self._plan.views.image_chunks(name) for place, name in enumerate(self.pictured)}
        return self._plan.paths("test_images") | chunks

    def outputs(self) -> Iterator[str]:
        yield self.page
        if self._plan.holds_images:
            yield self._plan.path("thumbnails")


def _pictured(plan: Plan) -> Parameters:
    return {
        "views": {name: f"view{place}" for place, name in enumerate(plan.explorer.pictured)},
        "limit": plan.limit("test"),
    }


RULES = {
    "make_thumbnails": Rule("explorer/make_thumbnails", _pictured),
    "render_explorer": Rule(
        "explorer/render_explorer",
        lambda plan: reported({"context": plan.explorer.context, "content": content()}),
    ),
}
