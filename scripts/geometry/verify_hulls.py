"""Look again at the hull projections of the tables, with code that shares nothing with the solver."""

from collections.abc import Iterable
from functools import partial

from phiscope import tables
from phiscope.arrays import as_vectors
from phiscope.datasets import open_prepared
from phiscope.experiments.geometry.proofs import Points, proofs
from phiscope.experiments.geometry.spanning import vectors
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def in_features(path: str, gathered: Iterable[str] = ()) -> Points:
    return Points(vectors(path, gathered), tables.read(path, ["sample"])["sample"].to_numpy())


def with_labels(path: str, gathered: Iterable[str]) -> Points:
    return in_features(path, gathered)._replace(labels=tables.read(path, ["label"])["label"].to_numpy())


def in_pixels(path: str, limit: int | None) -> Points:
    prepared, used = open_prepared(path), slice(0, limit)
    return Points(as_vectors(prepared.images(used)), prepared.samples[used])


if "snakemake" in globals():
    with job(snakemake):
        inputs, params, gathered = snakemake.input, snakemake.params, list(snakemake.input["gathered"])
        verification = proofs(
            tables.read(inputs.hulls),
            tables.read(inputs.processed_hulls) if inputs.get("processed_hulls") else None,
            {view: partial(in_features, path) for view, path in zip(params.views, inputs.features, strict=True)},
            partial(with_labels, inputs.training, gathered),
            {
                view: partial(in_features, path, gathered)
                for view, path in zip(params.hulls_of, inputs.processed, strict=True)
            },
            (
                partial(in_pixels, inputs.test_images, params.limits["test"]),
                partial(in_pixels, inputs.train_images, params.limits["train"]),
            ),
            params.most,
            tables.read(inputs.class_hulls) if inputs.get("class_hulls") else None,
        )
        write_frames({"verification": verification}, snakemake.output, snakemake.config)
