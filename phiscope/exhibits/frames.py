"""What figures are drawn from, by name: the frames that `phiscope.figures` asks for, made of a run's artifacts.

A name that is not listed here is that of an artifact, which is drawn as it is. The others say which artifacts they are
made of, and how. Artifacts are known by the names of the registry of the workflow, which this module does not import:
whoever draws hands over a function that opens one by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from phiscope import figures
from phiscope.exhibits import attacks, closest, contact, denoising, implicit, inversion, latent, samples
from phiscope.exhibits.run import Run
from phiscope.stats.shown import shown_counts


class Frame(NamedTuple):
    """artifacts: what it is made of; make: of the run; of_one: and of the number that the figure's name ends with."""

    artifacts: tuple[str, ...]
    make: Callable[..., Any]
    optional: tuple[str, ...] = ()
    of_one: bool = False


def _sample(run: Run, number: int) -> samples.ProjectedSample:
    """One test sample with its projections."""
    return samples.located_sample(number, run["located_test"], run["located_train"], run["hulls"], run.train)


_LOCATED = ("located_test", "located_train", "hulls", "training_images", "test_images", "head")


def _slice(part: int) -> Callable[[Run], pd.DataFrame]:
    return lambda run: samples.slice_frames(
        _sample(run, run.number(run.context["slice_sample"])), run["head"], run.classes
    )[part]


def _tiles(figure: str) -> Frame:
    return Frame(("latent_tiles",), lambda run: latent.tiles_of(run["latent_tiles"], figure))


def _main_latent(artifact: str) -> Frame:
    return Frame((artifact,), lambda run: latent.of_setting(run[artifact], run.context["setting"]))


FRAMES: dict[str, Frame] = {
    "classes": Frame(("test_images",), lambda run: run.classes),
    "class_count": Frame(("test_images",), lambda run: len(run.classes)),
    "contact_sheet": Frame(("test_images",), lambda run: contact.contact_sheet(run["test_images"])),
    "duplicate_pairs": Frame(
        ("duplicates", "test_images", "training_images"),
        lambda run: samples.duplicate_pairs(run["duplicates"], run.test, run.train, run.classes),
    ),
    # Where samples stand.
    "main_standing": Frame(("standing",), lambda run: run.main("standing")),
    "main_accuracy": Frame(("accuracy",), lambda run: run.main("accuracy")),
    "main_support": Frame(("support",), lambda run: run.main("support")),
    "main_balls": Frame(("balls",), lambda run: run.main("balls")),
    "ambiguity_gallery": Frame(
        ("standing", "test_images"), lambda run: samples.gallery(run.original("standing"), run.test, run.classes)
    ),
    "human_standing": Frame(
        ("standing", "entropy"), lambda run: run.original("standing").merge(run["entropy"], on="sample")
    ),
    "hull_places": Frame(
        ("hull_standing",),
        lambda run: run["hull_standing"][run["hull_standing"]["view"].isin(["original", *run.context["foreign"]])],
    ),
    "slice_grid": Frame(_LOCATED, _slice(0)),
    "slice_points": Frame(_LOCATED, _slice(1)),
    "sample_page": Frame(
        _LOCATED,
        lambda run, number: samples.page(_sample(run, number), run["head"], run.test, run.train, run.classes),
        of_one=True,
    ),
    # Attacks.
    "attacked_standing": Frame(
        ("standing", "attacks"), lambda run: attacks.attacked_standing(run["standing"], run["attacks"])
    ),
    "attacked_samples": Frame(
        ("exhibits", "standing", "attacks", "test_images"),
        lambda run, number: attacks.attacked_page(
            number, run["exhibits"], run["standing"], run["attacks"], run.test, run.classes
        ),
        of_one=True,
    ),
    "closest_gallery": Frame(
        ("closest_distances", "closest_files", "test_images"),
        lambda run: closest.gallery(run["closest_distances"], run["closest_files"], run.test, run.classes),
    ),
    # Images of points of feature space.
    "inverted_page": Frame(
        ("inversions", "inverted_images", "standing", "test_images"),
        lambda run, number: inversion.inverted_page(
            number,
            run.of_sample("inversions", number),
            run.original("standing"),
            run.test[number].astype(np.float64),
            run.classes,
            lambda reference: inversion.image_of(run["inverted_images"], reference),
            inversion.beside(number, run["attacks"], run["exhibits"], run.context["deepfool"]),
        ),
        optional=("attacks", "exhibits"),
        of_one=True,
    ),
    "perimeter_page": Frame(
        ("explored_balls", "inversions", "test_images"),
        lambda run, number: inversion.perimeter_page(
            run.ball(number), run.of_sample("inversions", number), run.classes
        ),
        of_one=True,
    ),
    "morph_steps": Frame(
        ("explored_balls", "inversions", "test_images"),
        lambda run, number: inversion.morph_steps(run.ball(number), run.of_sample("inversions", number), run.classes),
        of_one=True,
    ),
    "segment_steps": Frame(
        ("explored_balls", "inversions", "test_images"),
        lambda run, number: inversion.segment_steps(run.ball(number), run.of_sample("inversions", number), run.classes),
        of_one=True,
    ),
    "sample_path": Frame(
        ("explored_balls", "head", "test_images"),
        lambda run, number: inversion.explored_path(run.ball(number), run["head"], run.classes),
        of_one=True,
    ),
    "edit_page": Frame(
        ("edited_samples", "edits", "head", "test_images"),
        lambda run, number: inversion.edit_page(
            run["edited_samples"][str(number)],
            run.of_sample("edits", number),
            run["head"],
            run.classes,
        ),
        of_one=True,
    ),
    # Denoising.
    "denoised_images": Frame(
        ("denoised_exhibits",),
        lambda run: denoising.under_each_noise(run["denoised_exhibits"], run.context["benches"]),
    ),
    # Images as functions of position.
    "main_group": Frame((), lambda run: run.context["main_group"]),
    "implicit_gallery": Frame(
        ("implicit_tuned", "implicit_pictures"),
        lambda run: implicit.gallery(
            run["implicit_tuned"], implicit.of_all_chunks(run["implicit_pictures"]), run.context["picture"]
        ),
    ),
    # Latent space.
    **{
        f"{kind}_tiles": _tiles(figure)
        for kind, figure in {
            "batch": "batches",
            "set": "sets",
            "axis": "axes",
            "truncation": "truncation",
            "rotation": "rotation",
        }.items()
    },
    "main_trials": _main_latent("latent_trials"),
    "main_latent": _main_latent("latent"),
    "main_basis": _main_latent("latent_basis"),
    "sampled_spectra": Frame(("spectra",), lambda run: latent.sampled_spectra(run["spectra"], run.context["setting"])),
    "rotation_stops": Frame(
        ("latent_rotation", "test_images"), lambda run: latent.rotation_stops(run["latent_rotation"], run.classes)
    ),
    "reading_titles": Frame(("latent_denoising",), lambda run: latent.reading_titles(run["latent_denoising"])),
    "rotation_titles": Frame(("latent_denoising",), lambda run: latent.rotation_titles(run["latent_denoising"])),
    "own_denoising": Frame(("latent_denoising",), lambda run: latent.of_reading(run["latent_denoising"])),
    "own_rotation": Frame(("latent_rotation",), lambda run: latent.of_reading(run["latent_rotation"])),
    "shown_counts": Frame(("latent_shown",), lambda run: shown_counts(run["latent_shown"])),
    "truncation_titles": Frame(("latent_denoising",), lambda run: latent.truncation_titles(run["latent_denoising"])),
    "encoder_logs": Frame(("encoder_log",), lambda run: latent.logs_of(run["encoder_log"])),
}


def artifacts_of(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the artifacts that a figure is drawn from, `sample` or `sample-7`: those it needs, and optional ones."""
    about = figures.about(figures.kind_of(name))
    needed = [artifact for frame in about.frames for artifact in _frame(frame).artifacts]
    optional = [artifact for frame in about.optional for artifact in _frame(frame).artifacts]
    optional += [artifact for frame in (*about.frames, *about.optional) for artifact in _frame(frame).optional]
    return tuple(dict.fromkeys(needed)), tuple(dict.fromkeys(optional))


def frames_of(name: str, run: Run) -> dict[str, Any]:
    """The arguments that a figure is drawn with."""
    kind, _, number = name.partition("-")
    about = figures.about(kind)
    return {frame: _made(frame, run, number) for frame in (*about.frames, *about.optional)}


def _made(name: str, run: Run, number: str) -> Any:
    frame = _frame(name)
    return frame.make(run, run.number(number)) if frame.of_one else frame.make(run)


def _frame(name: str) -> Frame:
    return FRAMES[name] if name in FRAMES else Frame((name,), lambda run: run[name])
