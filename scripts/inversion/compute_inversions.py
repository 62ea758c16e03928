"""Statistics of inverted samples, of distances in pixel space, and of the samples that were looked at one by one."""

import math

import pandas as pd
from safetensors.numpy import load_file

from phiscope import stats, tables
from phiscope.datasets import open_prepared
from phiscope.datasets.order import numbered
from phiscope.experiments.inversion.paths import path_rows
from phiscope.experiments.inversion.sides import SIDES, sides_of
from phiscope.head import Head
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def sides_of_edits(inputs, edited: dict[int, dict]) -> pd.DataFrame:
    """Where both sides of every edit stand."""
    if not edited:
        return pd.DataFrame(columns=SIDES)
    head, training = Head.load(inputs.head), tables.vectors(inputs.training)
    return pd.concat([sides_of(s["features"], head, training).assign(sample=n) for n, s in edited.items()])


def counted(inputs, count: int) -> pd.DataFrame:
    """Rows of the first `count` samples alone: others of the same chunks were named, by somebody who chose them."""
    first = open_prepared(inputs.test_images).samples[:count]
    rows = pd.concat([tables.read(part) for part in inputs.inversions])
    return rows[rows["sample"].isin(first)]


def inverted_run(inputs, params) -> stats.InvertedRun:
    order = open_prepared(inputs.test_images).samples
    explored, edited = (
        {numbered(sample, order): load_file(file) for sample, file in zip(samples, files)}
        for samples, files in ((params.explored, inputs.balls), (params.edited, inputs.edits))
    )
    attacks = tables.read(inputs.attacks) if inputs.get("attacks") else None
    deepfool = attacks[attacks["view"] == params.deepfool] if attacks is not None and params.deepfool else None
    # A ball beyond the budget left no arrays.
    paths = [(n, kind, s) for kind, shown in (("ball", explored), ("edit", edited)) for n, s in shown.items() if s]
    return stats.InvertedRun(
        counted(inputs, params.budget["counted"]) if inputs.get("inversions") else None,
        deepfool,
        tables.read(inputs.standing),
        tables.read(inputs.hulls),
        path_rows(paths),
        sides_of_edits(inputs, edited),
        math.prod(open_prepared(inputs.test_images).shape),
        tables.read(inputs.closest_images) if inputs.get("closest_images") else None,
        attacks,
        params.deepfool,
    )


if "snakemake" in globals():
    with job(snakemake):
        params = snakemake.params
        options = Resampling(**params.options, seed=params.seed)
        frames = stats.inversion_frames(inverted_run(snakemake.input, params), snakemake.output.keys(), options)
        if snakemake.output.get("inversion_budget"):
            frames["inversion_budget"] = pd.DataFrame(params.budget["rows"])
        write_frames(frames, snakemake.output, snakemake.config)
