"""What the long parts of a run consist of, in the units that an estimate multiplies: passes, queries, samples, jobs.

Plain numbers, known once the data are prepared and before any of it is computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from phiscope.workflow.plan.rule import Rule

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan

# Parts whose cost is not foretold, by the attribute of the plan.
_NOT_ESTIMATED = ("denoising", "implicit")


def work_of(plan: Plan) -> dict[str, Any]:
    """views: of each its kind, steps of an attack, images and jobs; located: images through the classifier, margins
    and jobs; hulls: queries and jobs by space; inverted: jobs, and what a search is asked for;
    closest: images and jobs; latent: trainings, and images that are encoded and latents that are decoded, by rule of
    their jobs; not_estimated: parts.

    The plan must have its counts.
    """
    views = plan.views
    return {
        "views": [_view(plan, name) for name in views],
        "located": {
            "images": sum(views.samples(name, split) for name, split in plan.geometry.located),
            "jobs": sum(len(plan.chunks("features", *views_of[0])) for views_of in plan.geometry.placed.values()),
            **({} if (classes := plan.config["margins"]["classes"]) == "all" else {"classes": classes}),
        },
        "hulls": {space: _hulls(plan, space) for space in ("feature", "pixel")},
        "vertices": views.samples("original", "train"),
        "inverted": _inverted(plan),
        "closest": {"images": plan.closest.count if plan.closest.any else 0, "jobs": len(plan.closest.chunk_names)},
        "latent": _latent(plan),
        "not_estimated": [part for part in _NOT_ESTIMATED if getattr(plan, part)],
    }


def _view(plan: Plan, name: str) -> dict[str, Any]:
    view, splits = plan.views[name], [split for of, split in plan.geometry.located if of == name]
    # Without `steps` an attack takes as many as its own default says, which the estimate knows by kind.
    return {
        "kind": view.kind,
        "steps": view.options.get("steps"),
        "images": sum(plan.views.samples(name, split) for split in splits),
        "jobs": sum(len(plan.chunks("features", name, split)) for split in splits),
    }


def _hulls(plan: Plan, space: str) -> dict[str, int]:
    """queries: how often all vertices are priced for one; solves: the problems that are solved; jobs.

    In feature space projections of all views but the original are made by the jobs that compute their features. A
    query onto the hulls of classes is priced as one, and is a problem for each of them.
    """
    names = [name for name, view in plan.views.items() if space in view.spaces]
    apart = [name for name in names if space == "pixel" or name == "original"]
    counts = [plan.views.projected(name, space) for name in names]
    if space == "feature":  # beside them, those onto the hull of processed training images
        counts += [plan.views.projected(name, space) for name in plan.views.hulls_of]
    of_classes = sum(plan.views.projected(name, space) for name in plan.geometry.of_classes if space == "feature")
    jobs = sum(len(plan.chunks(f"hulls/{space}", name, "test")) for name in apart)
    further = _further(plan) if space == "feature" else 0
    return {
        "queries": sum(counts) + of_classes + further,
        "solves": sum(counts) + of_classes * _classes(plan) + further,
        "jobs": jobs,
    }


def _further(plan: Plan) -> int:
    """Training samples that are left out in turn, and test samples in fewer dimensions."""
    hulls, geometry = plan.config["hulls"], plan.geometry
    left_out = min(hulls["left_out"], plan.views.samples("original", "train")) if geometry.leave_one_out else 0
    dimensions = len(hulls["dimensions"]) if geometry.dimension else 0
    return left_out * (1 + bool(geometry.of_classes)) + dimensions * plan.views.projected("original", "feature")


def _classes(plan: Plan) -> int:
    """Onto the hulls of how many classes a sample is projected."""
    assert plan.counts is not None  # as in all of this
    most = plan.config["hulls"]["classes"]
    return plan.counts.classes if most is None else min(most, plan.counts.classes)


def _inverted(plan: Plan) -> dict[str, Any] | None:
    inversion = plan.inversion
    if not inversion.any:
        return None
    keys = ("starts", "backtracks", "references", "segment")
    return {"jobs": len(inversion.inverted), "balls": len(inversion.explored)} | {k: inversion.options[k] for k in keys}


def _latent(plan: Plan) -> dict[str, Any] | None:
    """Of what measures operators and axes afterwards nothing is foretold: it takes a tenth of the trainings."""
    if not plan.latent:
        return None
    options, settings = plan.latent.options, plan.latent.settings
    images, samples = (plan.views.samples("original", split) for split in ("train", "test"))
    drawn = options["dimension"] * options["set_size"]
    gan = _steps("gan", options["gan"], images) if plan.latent.generator_is_trained else None
    jobs = {"fit_generator": {"training": gan, "encoded": 0, "decoded": drawn}}
    for setting, seed in plan.latent.encoders:
        own = options["encoder"] | settings[setting]
        kept = images - max(1, round(own["validation"] * images))
        decoded = 1 + (own["reconstruction_of"] == "mean")
        training = _steps("encoder", own, kept, decoded) if setting in plan.latent.trained else None
        read = images + (1 + options["trials"]) * samples
        jobs[f"encode_{setting}_{seed}"] = {"training": training, "encoded": images + samples, "decoded": read}
    latents = drawn + len(plan.latent.encoders) * (3 * images + 2 * samples)
    return {"dimension": options["dimension"], "width": options["width"], "jobs": jobs, "latents": latents}


def _steps(kind: str, options: Mapping[str, Any], images: int, decoded: int = 1) -> dict[str, Any]:
    """decoded: how often an image is, in a step of an encoder."""
    batch = min(options["batch_size"], images)
    return {
        "kind": kind,
        "steps": options["epochs"] * max(images // batch, 1),  # an incomplete batch is left out
        "batch": batch,
        "precision": options["precision"],
        "decoded": decoded,
    }


RULES = {"estimate_cost": Rule("estimate/estimate_cost")}
