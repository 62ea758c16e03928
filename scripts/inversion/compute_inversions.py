"""Statistics of inverted samples, of distances in pixel space, and of the samples that were looked at one by one."""

import math

import numpy as np
import pandas as pd
from safetensors.numpy import load_file

from phiscope import stats, tables
from phiscope.datasets import open_prepared
from phiscope.geometry.paths import length_over_chord
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def attack_of(inputs, view: str | None) -> pd.DataFrame | None:
    """The rows of the attack that inverted images stand beside."""
    if view is None:
        return None
    attacks = tables.read(inputs.attacks)
    return attacks[attacks["view"] == view]


def paths_of(inputs, explored: list[int], edited: list[int]) -> pd.DataFrame:
    """How far from straight each straight path of pixels is in feature space."""
    files = [(number, "ball", path) for number, path in zip(explored, inputs.balls)]
    files += [(number, "edit", path) for number, path in zip(edited, inputs.edits)]
    rows = [{"sample": number, "kind": kind} | _path(load_file(path)) for number, kind, path in files]
    return pd.DataFrame(rows, columns=["sample", "kind", "length_over_chord", "morph_end"])


def _path(shown: dict[str, np.ndarray]) -> dict[str, float]:
    """Length over chord; of a morph, how far in pixels its end is from the sample, as a share of where it began."""
    found = {"length_over_chord": length_over_chord(shown["path_features"])}
    if "morph_images" in shown:
        left = np.linalg.norm(shown["morph_images"][-1] - shown["image"])
        found["morph_end"] = left / np.linalg.norm(shown["neighbour"] - shown["image"])
    return found


def edits_of(inputs) -> pd.DataFrame:
    parts = [tables.read(path) for path in inputs.sides]
    return pd.concat(parts) if parts else pd.DataFrame(columns=["sample", "side", "margin", "distance", "moved"])


def compute(inputs, deepfool: str | None, explored, edited, options: Resampling, config: dict, output) -> None:
    frames, attack = {}, attack_of(inputs, deepfool)
    edits = edits_of(inputs)
    summaries = [stats.sample_summary(paths_of(inputs, explored, edited), edits)]
    if output.get("inversion_distances"):
        inversions = pd.concat([tables.read(path) for path in inputs.inversions])
        frames["inversion_distances"] = distances = stats.inversion_distances(inversions, attack)
        pixels = math.prod(open_prepared(inputs.test_images).shape)
        summaries.append(stats.inversion_summary(inversions, distances, pixels, options))
    if output.get("pixel_boundary"):
        found = stats.pixel_boundary(tables.read(inputs.standing), tables.read(inputs.hulls), attack)
        frames["pixel_boundary"] = found
        summaries.append(stats.order_of_distances(found, options))
    if output.get("edits"):
        frames["edits"] = edits
    frames["inversion_summary"] = pd.concat(summaries, ignore_index=True)
    write_frames(frames, output, config)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        parameters = snakemake.params
        compute(
            snakemake.input,
            parameters.deepfool,
            parameters.explored,
            parameters.edited,
            Resampling(**parameters.options, seed=parameters.seed),
            snakemake.config,
            snakemake.output,
        )
