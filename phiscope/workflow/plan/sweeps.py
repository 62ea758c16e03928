"""One attack at many settings, and straight paths between many samples: what no view is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phiscope.workflow.plan.chain import Part, Source
from phiscope.workflow.plan.rule import Parameters, Rule

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan


class Sweeps:
    """Attacks over their settings (`attacks`) and paths over pairs (`inversions.paths`)."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.options: Mapping[str, Any] = plan.config["attacks"]

    @property
    def attacks(self) -> bool:
        """Whether attacks are swept: samples, and a setting to attack them with."""
        settings = self.options["overshoots"] or (self.options["confidences"] and self.options["penalties"])
        return bool(self.options["samples"] and settings)

    @property
    def overshoots(self) -> bool:
        return self.attacks and bool(self.options["overshoots"])

    @property
    def front(self) -> bool:
        return self.attacks and bool(self.options["confidences"] and self.options["penalties"])

    @property
    def paths(self) -> bool:
        return bool(self._plan.config["inversions"]["paths"])

    @property
    def tables(self) -> list[str]:
        return ["attack_sweep"] if self.attacks else []

    @cached_property
    def statistics(self) -> list[str]:
        """What is said of them, where there are any."""
        return [
            *(["straight_paths"] if self.paths else []),
            *(["overshoots"] if self.overshoots else []),
            *(["attack_front"] if self.front else []),
            *(["sweep_summary"] if self.attacks or self.paths else []),
        ]

    @property
    def _running(self) -> list[Part]:
        """Attacks, and paths."""
        plan, parts = self._plan, []
        network: dict[str, Source] = {
            "test_images": plan.prepared("test"),
            "classifier": plan.path("classifier"),
            "head": plan.path("head"),
        }
        if self.attacks:
            given: dict[str, Source] = {
                **network,
                "train_images": plan.prepared("train"),
                "training": plan.path("located_train"),
                "scores": plan.below("chunks/scores/original.parquet"),
                **plan.paths(*plan.geometry.leave_one_out),
            }
            parts.append(Part("sweep_attacks", given, plan.paths("attack_sweep")))
        if self.paths:
            placed: dict[str, Source] = {**network, "features": plan.path("located_test")}
            parts.append(Part("measure_paths", placed, plan.paths("straight_paths")))
        return parts

    @property
    def summing_up(self) -> list[Part]:
        """Parts of the job that sums up all views: attacks, paths, and what they come to.

        No job of their own: starting one takes longer than what they take of small images.
        """
        if not (self.attacks or self.paths):
            return []
        plan = self._plan
        located = {split: plan.path(f"located_{split}") for split in ("train", "test")}
        measured = plan.paths(*self.tables, *(["straight_paths"] if self.paths else []), "standing")
        given: dict[str, Source] = {**measured, **located}
        made = [name for name in self.statistics if name != "straight_paths"]
        return [*self._running, Part("compute_sweeps", given, plan.paths(*made))]

    def outputs(self) -> Iterator[str]:
        yield from map(self._plan.path, (*self.tables, *self.statistics))


def _swept(plan: Plan) -> Parameters:
    hulls = plan.config["hulls"]
    return {"options": dict(plan.sweeps.options), "classes": hulls["classes"] if plan.geometry.of_classes else None}


RULES = {
    "sweep_attacks": Rule("attacks/sweep_attacks", _swept, threaded=True),
    "measure_paths": Rule(
        "inversion/measure_paths",
        lambda plan: {"count": plan.config["inversions"]["paths"], "seed": plan.config["seed"]},
    ),
    "compute_sweeps": Rule(
        "attacks/compute_sweeps",
        lambda plan: {"options": plan.config["statistics"], "seed": plan.config["seed"]},
    ),
}
