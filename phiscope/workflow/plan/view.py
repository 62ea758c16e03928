"""One view of a run: what it starts from, what its transformation needs, where its samples are projected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phiscope.views import DATASET, VIEWS, needs_of

# What the configuration says of a view beyond what its transformation takes.
_COMMON = ("kind", "of", "samples", "spaces", "keep", "hull_of", "setting")


@dataclass(frozen=True)
class View:
    """One view as the configuration gives it."""

    name: str
    options: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return self.options["kind"]

    @property
    def parent(self) -> str:
        """The view, or `dataset:<name>`, that it starts from."""
        return self.options.get("of", "original")

    @property
    def dataset(self) -> str | None:
        """The other data set that it starts from, if it does."""
        return self.parent.removeprefix(DATASET) if self.parent.startswith(DATASET) else None

    @property
    def is_derived(self) -> bool:
        """Whether a transformation makes it; the others are cut out of a prepared split."""
        return self.kind in VIEWS

    @property
    def spaces(self) -> list[str]:
        """Where it is projected onto the hull of the training set."""
        return self.options.get("spaces", ["feature"])

    @property
    def splits(self) -> list[str]:
        return ["train", "test"] if self.name == "original" else ["test"]

    @property
    def hull_of(self) -> str | None:
        """The view whose training images span the hull that it is also judged against."""
        return self.options.get("hull_of")

    @property
    def kept(self) -> bool:
        """Whether its images stay when all that needs them is made."""
        return bool(self.options.get("keep", True))

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the artifacts that its transformation wants."""
        return needs_of(self.options) if self.is_derived else ()

    @property
    def behind(self) -> tuple[str, ...]:
        """What the attacked classifier stands behind: the denoiser, or nothing."""
        return tuple(need for need in self.needs if need == "denoiser") if self.is_attack else ()

    @property
    def maker(self) -> dict[str, Any]:
        """The module that makes it, and the arguments that its kind fixes."""
        return {"module": VIEWS[self.kind].module, "fixed": dict(VIEWS[self.kind].fixed)}

    @property
    def is_attack(self) -> bool:
        return self.is_derived and VIEWS[self.kind].attack

    @property
    def confidence(self) -> float:
        return self.options.get("confidence", 0.0)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the configuration gives its transformation."""
        return {key: value for key, value in self.options.items() if key not in _COMMON}
