"""Jobs that look at the samples of all views at once: their tables, what detectors say of them, their statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phiscope.workflow.plan.chain import Chain, Part, Source

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan


def tabulating(plan: Plan) -> Chain:
    """Tables of all views and features of those beside the original, from their chunks; what detectors say."""
    geometry = plan.geometry
    features = [f"features/{view}/test" for view in plan.views if view != "original"]
    merged = [plan.merge(name) for name in (*features, *(f"tables/{table}" for table in geometry.tables))]
    scored = [_scoring(plan, view) for view in plan.views.scored]
    left_out: dict[str, Source] = {"training": geometry.spanned_by("original"), "head": plan.path("head")}
    if geometry.leave_one_out:
        merged.append(Part("project_left_out", left_out, plan.paths("leave_one_out")))
    prepared: dict[str, Source] = {split: plan.prepared(split) for split in ("train", "test")}
    prepared["datasets"] = [plan.prepared_dataset(name) for name in plan.views.datasets]
    listed = Part("list_samples", prepared, plan.paths("samples"))
    return Chain(plan, [listed, *merged, *scored, *(plan.merge(f"tables/{table}") for table in geometry.scores)])


def _scoring(plan: Plan, view: str) -> Part:
    geometry = plan.geometry
    given: dict[str, Source] = {
        "features": plan.below(f"features/{view}/test.parquet"),
        "hulls": lambda counted, wildcards: counted.geometry.hull_chunks(view),
        "class_hulls": lambda counted, wildcards: counted.geometry.class_chunks(view),
        **plan.paths(*geometry.leave_one_out),
        "training": plan.path("training_features"),
        "head": plan.path("head"),
    }
    return Part("score_samples", given, {"scores": plan.below(f"chunks/scores/{view}.parquet")}, {"view": view})


def summing_up(plan: Plan) -> Chain:
    """Statistics of where the samples of all views stand."""
    geometry = plan.geometry
    located = [plan.below(f"features/{view}/{split}.parquet") for view, split in geometry.with_balls]
    train, test = plan.path("located_train"), plan.path("located_test")
    features: list[str] = plan.views.features()
    verified: dict[str, Source] = {
        **plan.paths("hulls", *geometry.processed, *geometry.class_hulls),
        "features": features,
        "processed": [plan.views.training_features(view) for view in geometry.spanning],
        "training": plan.path("training_features"),
        "gathered": geometry.all_gathered(),
        "test_images": plan.prepared("test"),
        "train_images": plan.prepared("train"),
    }
    summed: dict[str, Source] = {
        **plan.paths("hulls", "balls", "head", *geometry.scores, *geometry.processed),
        "features": features,
        "test": test,
        "train": train,
    }
    images: dict[str, Source] = {key: verified[key] for key in ("test_images", "train_images")}
    again = {**verified, **plan.paths("margins", "head"), "features": located}
    parts = [
        Part("verify_hulls", verified, plan.paths("verification")),
        Part("solve_again", again, plan.paths("disagreements")),
        Part("find_duplicates", {"test": test, "train": train, **images}, plan.paths("duplicates")),
        Part("count_balls", {"located": located, "train": train, "test": test}, plan.paths("balls")),
        Part("compute_statistics", summed, plan.paths(*geometry.statistics)),
    ]
    standing = "training_standing" if geometry.of_training else "standing"
    looked: dict[str, Source] = {
        "standing": plan.path(standing),
        **plan.paths("support", "duplicates", "samples", "margins"),
        "images": images["train_images" if geometry.of_training else "test_images"],
    }
    parts.append(Part("list_inspected", looked, plan.paths(*geometry.inspected)))
    if geometry.between_hulls:
        between: dict[str, Source] = {**plan.paths("hulls", *geometry.class_hulls, *geometry.leave_one_out)}
        parts.append(Part("compute_hulls", between, plan.paths(*geometry.between_hulls)))
    if geometry.dimension:
        encoded = {"encoded": plan.path("encoded", **plan.latent.encoder())} if plan.latent else {}
        measured: dict[str, Source] = {"train": train, "test": test, **encoded}
        parts.append(Part("measure_dimension", measured, plan.paths("dimension")))
    if geometry.questions:
        told: dict[str, Source] = {**plan.paths("standing", *geometry.scores)}
        parts.append(Part("compute_questions", told, plan.paths(*geometry.questions)))
    if geometry.detection:
        asked: dict[str, Source] = {**plan.paths("standing", *geometry.scores, *geometry.attacks), "train": train}
        asked |= {
            "test": test,
            "attacked": [plan.below(f"features/{view}/test.parquet") for view in plan.views.attacks],
        }
        parts.append(Part("compute_detection", asked, plan.paths(*geometry.detection)))
    parts += plan.sweeps.summing_up
    if plan.views.redrawn:
        parts.append(Part("compute_redrawn", {**plan.paths("standing")}, plan.paths("redrawn")))
    if plan.latent:
        parts.append(Part("compare_latent_views", {**plan.paths("standing")}, plan.paths("latent_views")))
    if plan.denoising:
        parts += plan.denoising.summing_up
    return Chain(plan, parts)
