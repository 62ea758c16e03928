"""What jobs that prepare data sets and make views are given: the parameters of their rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from phiscope.factories import content_of
from phiscope.views import modules_of
from phiscope.workflow.artifacts import ARTIFACTS, modules_that_open
from phiscope.workflow.plan.rule import Rule
from phiscope.workflow.plan.weights import content_of_weights

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan


def _without(mapping: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key not in keys}


def _read(plan: Plan) -> dict[str, Any]:
    """What says how the data set is read."""
    dataset = _without(plan.config["dataset"], "limit", "is_papers", "human_labels")
    return dataset if plan.only else _without(dataset, "only")


_HEADS = "phiscope.models.head_files"


def _classes_told(plan: Plan) -> dict[str, Any]:
    """Of vectors, the head in a file, which tells the classes where labels do not."""
    weights = plan.config["classifier"]["weights"]
    if plan.holds_images or not weights:
        return {}
    content = content_of_weights(weights, plan.path("classifier"))
    return {"weights": weights, "content_of_weights": content, "outputs": f"{_HEADS}:outputs"}


def _own_code(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Fingerprints of functions of the user's that read or change images, where there are some."""
    named = [dataset.get("reader"), (dataset.get("options") or {}).get("transform")]
    contents = [content_of(name) for name in named if name and ":" in name]
    return {"content": contents} if contents else {}


def _openers(needs: Iterable[str]) -> dict[str, tuple]:
    return {need: tuple(ARTIFACTS[need]) for need in needs}


def _made(plan: Plan, wildcards: Mapping[str, str]) -> list[str]:
    """Modules that make a view: its kind's, with what its options call for, and those that open what it needs."""
    view = plan.views[wildcards["view"]]
    return [*modules_of(view.options), *modules_that_open(view.needs)]


RULES = {
    "prepare_dataset": Rule(
        "data/prepare_dataset",
        lambda plan: {
            "dataset": _read(plan),
            "seed": plan.config["seed"],
            **_own_code(plan.config["dataset"]),
            **_classes_told(plan),
        },
        lambda plan, wildcards: ["phiscope.datasets.readers", *([_HEADS] if _classes_told(plan) else [])],
    ),
    "prepare_other_dataset": Rule(
        "data/prepare_other_dataset",
        lambda plan: {
            "dataset": lambda wildcards: _without(plan.config["datasets"][wildcards.dataset], "limit"),
            "content": lambda wildcards: _own_code(plan.config["datasets"][wildcards.dataset]),
            "seed": plan.config["seed"],
        },
        lambda plan, wildcards: ["phiscope.datasets.readers"],
    ),
    "list_samples": Rule(
        "tables/list_samples",
        lambda plan: {
            "limits": {split: plan.limit(split) for split in ("train", "test")},
            "datasets": {name: plan.views.limit_of(name) for name in plan.views.datasets},
        },
    ),
    "slice_dataset": Rule("views/slice_dataset"),
    "make_view": Rule(
        "views/make_view",
        lambda plan: {
            "maker": lambda wildcards: plan.views[wildcards.view].maker,
            "openers": lambda wildcards: _openers(plan.views[wildcards.view].needs),
            "parameters": lambda wildcards: plan.views.parameters(wildcards.view),
            "seed": lambda wildcards: plan.views.seed(wildcards.split),
        },
        _made,
    ),
    "judge_attack": Rule(
        "attacks/judge_attack",
        lambda plan: {
            "confidence": lambda wildcards: plan.views[wildcards.view].confidence,
            "openers": lambda wildcards: _openers(plan.views[wildcards.view].behind),
        },
        lambda plan, wildcards: modules_that_open(plan.views[wildcards["view"]].behind),
        chosen_by="view",
    ),
    "pick_samples": Rule("views/pick_samples", lambda plan: {"samples": plan.config["report"]["samples"]}),
}
