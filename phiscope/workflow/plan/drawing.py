"""Figures and the report: which figures a run has, and what they and the page are made from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from phiscope.workflow.plan.rule import Rule

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan


class Drawing:
    """Names of figures: `<kind>`, or `<kind>-<number>` of one sample."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    @cached_property
    def samples(self) -> list[int]:
        """Test samples that get figures of their own."""
        return self._plan.config["report"]["samples"]

    @cached_property
    def exhibited(self) -> list[str]:
        """Views whose images of these samples are kept: the attacked ones."""
        return self._plan.views.attacks if self.samples else []

    @cached_property
    def figures(self) -> list[str]:
        plan, views = self._plan, self._plan.views
        return [
            *(["training"] if plan.geometry.is_trained else []),
            *("distances", "distances_by_view", "plane", "ambiguity", "accuracy"),
            *("support", "balls", "class_margins", "comparison"),
            *(["human"] if plan.config["dataset"].get("human_labels") else []),
            *(["slice"] if self.samples else []),  # through the first of them
            *[f"sample-{number}" for number in self.samples],
            *(["roc"] if plan.geometry.detection else []),
            *(["detection_by_confidence"] if views.swept else []),
            *(["attack_plane"] if views.attacks else []),
            *([f"adversarial-{number}" for number in self.samples] if views.attacks else []),
        ]

    @cached_property
    def inversion(self) -> list[str]:
        own = self._plan.inversion
        each = ("inverted", "perimeter", "morph", "path")
        return [
            *[name for name in ("inversion_distances", "pixel_boundary") if name in own.statistics],
            *[f"{kind}-{number}" for number in own.explored for kind in each],
            *[f"edit-{number}" for number in own.edits],
        ]

    @cached_property
    def denoising(self) -> list[str]:
        own = self._plan.denoising
        if own is None:
            return []
        return ["denoising", "denoised", "filter_inversion", *(["lecture"] if own.study else [])]

    @cached_property
    def implicit(self) -> list[str]:
        own = self._plan.implicit
        if own is None:
            return []
        models = {fit["model"] for fit in own.options["fits"]}
        names = [name for name, model in (("k", "mlp"), ("spectrum", "mlp"), ("bases", "largest")) if model in models]
        swept = any(f["encoding"] == "gaussian" and isinstance(f.get("sigma"), list) for f in own.options["fits"])
        names += ["scale"] if swept else []
        names += ["decoders"] if own.decoders else []
        names += ["waves"] if own.decoding else []
        return [f"implicit_{name}" for name in (*names, *(["pictures"] if own.options["picture"] else []))]

    @cached_property
    def latent(self) -> list[str]:
        own = self._plan.latent
        if own is None:
            return []
        names = [
            *("batches", "sets", "axes", "accuracy", "amplitudes", "truncation", "rotation", "way"),
            *("metric", "denoising", "tradeoff", "basis"),
            *(["training"] if own.encoder_logs else []),
        ]
        return [f"latent_{name}" for name in names]

    @property
    def all(self) -> list[str]:
        return [*self.figures, *self.inversion, *self.denoising, *self.implicit, *self.latent]

    @property
    def files(self) -> list[str]:
        return [self._plan.below(f"figures/{name}.{kind}") for name in self.all for kind in ("svg", "png")]

    def outputs(self) -> Iterator[str]:
        yield from (*self.files, self._plan.below("report.html"))


RULES: dict[str, Rule] = {}
