"""Some of the solved problems of the tables, solved once more by another solver."""

from collections.abc import Iterable
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope import tables
from phiscope.arrays import as_vectors
from phiscope.datasets import ImagesBySample, open_prepared
from phiscope.experiments.geometry.disagreements import Asking, Hull, Stored, disagreements
from phiscope.experiments.geometry.spanning import vectors
from phiscope.geometry.second_opinion import back_end
from phiscope.head import Head
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def features(path: str, gathered: Iterable[str] = ()) -> Stored:
    return Stored(vectors(path, gathered), tables.read(path, ["sample"])["sample"].to_numpy())


def pixels(path: str, limit: int | None) -> Stored:
    prepared = open_prepared(path)
    return Stored(prepared.images(slice(0, limit)), prepared.samples[:limit])


def some_features(path: str, samples: pd.Series) -> NDArray[np.float64]:
    stored = features(path)
    return stored.rows(stored.places(samples))


def some_pixels(path: str, samples: pd.Series) -> NDArray[np.float32]:
    images = ImagesBySample(open_prepared(path))
    return as_vectors(np.stack([images[sample] for sample in samples]))


if "snakemake" in globals():
    with job(snakemake):
        inputs, params, gathered = snakemake.input, snakemake.params, list(snakemake.input["gathered"])
        paths = dict(zip(map(tuple, params.located), inputs.features, strict=True))
        located = {of: partial(some_features, path) for of, path in paths.items()}
        tested = {view: opened for (view, split), opened in located.items() if split == "test"}
        table = tables.read(inputs.hulls)
        in_features, in_pixels = (table[table["space"] == space] for space in ("feature", "pixel"))
        in_pixels = in_pixels[in_pixels["view"] == "original"]  # images of other views are gone by now
        hulls = [
            Hull(in_features, tested, partial(features, inputs.training, gathered)),
            Hull(
                in_pixels,
                {"original": partial(some_pixels, inputs.test_images)},
                partial(pixels, inputs.train_images, params.limit),
            ),
        ]
        for view, path in zip(params.hulls_of, inputs.processed, strict=True):
            processed = tables.read(inputs.processed_hulls)
            hulls.append(Hull(processed[processed["hull_of"] == view], tested, partial(features, path, gathered), view))
        asked = Asking(back_end(params.solver, params.margins_by), params.samples, params.projections, params.seed)
        rows = disagreements(tables.read(inputs.margins), located, Head.load(inputs.head), hulls, asked)
        tables.write(
            rows.assign(solver=asked.solver), "disagreements", snakemake.output[0], provenance(snakemake.config)
        )
