"""What jobs about where samples stand are given: the parameters of their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phiscope.factories import NO_NORMALISATION, content_of
from phiscope.workflow import chunks
from phiscope.workflow.plan.rule import Parameters, Rule
from phiscope.workflow.plan.weights import content_of_weights

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan


def _statistics(plan: Plan) -> dict[str, Any]:
    return {"options": plan.config["statistics"], "seed": plan.config["seed"]}


def _described(plan: Plan, *keys: str) -> Parameters:
    """How the classifier is built; what a file beside the configuration holds counts as a parameter."""
    classifier = plan.config["classifier"]
    asked = {key: classifier[key] for key in ("output", "columns") if classifier.get(key) is not None}
    content = content_of(classifier["factory"])
    about = {key: classifier.get(key) for key in ("factory", "arguments", "normalise", *keys)}
    return {"classifier": about | asked} | ({} if content is None else {"content": content})


def _loaded(plan: Plan) -> Parameters:
    described, normalise = _described(plan, "weights"), plan.config["classifier"]["normalise"]
    classifier = described["classifier"] | {"normalise": None if normalise == NO_NORMALISATION else normalise}
    return {**described, **_weights_of(plan), "classifier": classifier, "where": "classifier.weights"}


def _weights_of(plan: Plan) -> dict[str, Any]:
    weights = plan.config["classifier"]["weights"]
    return {"content_of_weights": content_of_weights(weights, plan.path("classifier"))}


def _head_alone(plan: Plan) -> Parameters:
    classifier = plan.config["classifier"]
    return {
        **_weights_of(plan),
        "weights": classifier["weights"],
        "asked": classifier["head"],
        "validation": classifier["training"]["validation"],
        "limits": {split: plan.limit(split) for split in ("train", "test")},
    }


def _trained(plan: Plan) -> Parameters:
    classifier = plan.config["classifier"]
    head = classifier.get("head")
    return {
        **_described(plan),
        **({} if head is None else {"head": head}),
        "options": classifier["training"],
        "limit": plan.limit("train"),
        "seed": plan.config["seed"],
    }


def _located(plan: Plan) -> dict[str, Any]:
    asked = plan.config["margins"]
    return {"solver": asked["solver"]} | ({} if asked["classes"] == "all" else {"classes": asked["classes"]})


def _projected(plan: Plan, space: str) -> dict[str, Any]:
    options = plan.config["hulls"][space]
    return {
        "tolerance": options["tolerance"],
        "most": lambda wildcards: chunks.most(wildcards.chunk, options["samples"]),
    }


def _left_out(plan: Plan) -> dict[str, Any]:
    hulls = plan.config["hulls"]
    return {
        "tolerance": hulls["feature"]["tolerance"],
        "most": hulls["left_out"],
        "of_classes": "class" in hulls["of"],
        "seed": plan.config["seed"],
    }


def _of_dimension(plan: Plan) -> dict[str, Any]:
    hulls = plan.config["hulls"]
    feature = hulls["feature"]
    sizes = {"most": feature["samples"], "dimensions": hulls["dimensions"]}
    return {"tolerance": feature["tolerance"], **sizes, **_statistics(plan)}


def _verified(plan: Plan) -> Parameters:
    return {
        "views": list(plan.views),
        "hulls_of": plan.geometry.spanning,
        "most": plan.config["hulls"]["verified"],
        "limits": {split: plan.limit(split) for split in ("test", "train")},
    }


def _solved_again(plan: Plan) -> Parameters:
    return {
        **plan.config["second_opinion"],
        "margins_by": plan.config["margins"]["solver"],
        "seed": plan.config["seed"],
        "located": plan.geometry.with_balls,
        "hulls_of": plan.geometry.spanning,
        "limit": plan.limit("train"),
    }


def _looked_at(plan: Plan) -> Parameters:
    """Before there is a network of the run: as it is described, with its weights where it has some."""
    return {**_described(plan, "weights"), **_weights_of(plan), "head": plan.config["classifier"].get("head")}


RULES = {
    # One script: of a classifier that is loaded, of one before it is trained, and once it is.
    "check_loaded_classifier": Rule("models/check_classifier", _looked_at),
    "check_before_training": Rule("models/check_classifier", _looked_at),
    "check_trained_classifier": Rule(
        "models/check_classifier", lambda plan: {"head": plan.config["classifier"].get("head")}
    ),
    "load_classifier": Rule("models/load_classifier", _loaded),
    "train_classifier": Rule("models/train_classifier", _trained, threaded=True),
    "fit_head": Rule("models/fit_head", _head_alone),
    "split_classifier": Rule(
        "models/split_classifier",
        lambda plan: {
            "head": plan.config["classifier"].get("head") if plan.holds_images else None,
            "lower_bound": plan.config["classifier"].get("lower_bound", "detect"),
            "seed": plan.config["seed"],
        },
    ),
    "extract_features": Rule("geometry/extract_features"),
    "locate": Rule("geometry/locate", _located),
    "project_feature_hull": Rule(
        "geometry/project_feature_hull", lambda plan: _projected(plan, "feature"), threaded=True
    ),
    "project_processed_hull": Rule(
        "geometry/project_feature_hull",
        lambda plan: {
            **_projected(plan, "feature"),
            "hull_of": lambda wildcards: plan.views.hulls_of[wildcards.view],
        },
        threaded=True,
    ),
    "project_class_hull": Rule(
        "geometry/project_class_hull",
        lambda plan: {**_projected(plan, "feature"), "classes": plan.config["hulls"]["classes"]},
        threaded=True,
    ),
    "project_pixel_hull": Rule(
        "geometry/project_pixel_hull",
        lambda plan: {**_projected(plan, "pixel"), "limit": plan.limit("train")},
        threaded=True,
    ),
    "project_left_out": Rule("geometry/project_left_out", _left_out, threaded=True),
    "locate_rounded": Rule(
        "attacks/locate_rounded",
        lambda plan: {"tolerance": plan.config["hulls"]["feature"]["tolerance"]},
        threaded=True,
    ),
    "verify_hulls": Rule("geometry/verify_hulls", _verified),
    "solve_again": Rule("geometry/solve_again", _solved_again),
    "find_duplicates": Rule("geometry/find_duplicates"),
    "count_balls": Rule("geometry/count_balls"),
    "score_samples": Rule("detection/score_samples"),
    "gather_features": Rule("geometry/gather_features"),
    "merge_chunks": Rule("tables/merge_chunks"),
    "compute_statistics": Rule(
        "geometry/compute_statistics",
        lambda plan: {
            "human_labels": plan.config["dataset"].get("human_labels"),
            "pixel_views": plan.views.on_pixel_hull,
            "of_training": bool(plan.geometry.of_training),
            **_statistics(plan),
        },
    ),
    "list_inspected": Rule(
        "geometry/list_inspected",
        lambda plan: {"split": "train" if plan.only == "train" else "test", **_statistics(plan)},
    ),
    "compute_hulls": Rule("geometry/compute_hulls", _statistics),
    "measure_dimension": Rule("geometry/measure_dimension", _of_dimension, threaded=True),
    "compute_questions": Rule(
        "detection/compute_questions",
        lambda plan: {
            "human_labels": plan.config["dataset"].get("human_labels"),
            "foreign": plan.views.foreign,
            **_statistics(plan),
        },
    ),
    "compute_detection": Rule(
        "detection/compute_detection",
        lambda plan: {"foreign": plan.views.foreign, "swept": plan.views.swept, **_statistics(plan)},
    ),
    "compare_with_paper": Rule(
        "papers/compare_with_paper",
        lambda plan: {
            "dataset_is_papers": plan.config["dataset"].get("is_papers", False),
            "named": plan.views.named_attacks,
            "latent_is_papers": plan.latent.options.get("is_papers", False) if plan.latent else False,
            **_statistics(plan),
        },
    ),
}
