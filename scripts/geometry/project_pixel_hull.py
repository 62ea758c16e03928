"""Project one chunk of a view onto the convex hull of the training images, in pixel space: section 6."""

from safetensors.numpy import load_file

from phiscope import tables
from phiscope.arrays import as_vectors
from phiscope.datasets import open_prepared
from phiscope.experiments.geometry.projections import projected, rounding_of
from phiscope.head import Head
from phiscope.workflow.job import job, progress_bar
from phiscope.workflow.provenance import provenance


def project(
    images: str,
    vectors: str,
    names: dict[str, str],
    head: str,
    training: str,
    limit: int | None,
    most: int | None,
    tolerance: float,
    threads: int,
    config: dict,
    output: str,
) -> None:
    """vectors: features of the images, which say their classes; names: view and split; limit: of training images;
    most: how many samples of the chunk, from its first; None for all.
    """
    prepared, used = open_prepared(training), slice(0, limit)
    spanning, shown = prepared.images(used), load_file(images)["images"][:most]
    vertices, points = as_vectors(spanning), as_vectors(shown)
    noise = rounding_of(shown) + rounding_of(spanning).max()
    options = {"tolerance": tolerance, "threads": threads, "device": config["device"], "progress": progress_bar("hull")}
    found = projected(points, vertices, prepared.samples[used], "pixel", noise=noise, **options)
    view = {key: array[:most] for key, array in load_file(vectors).items()}
    columns = tables.constant(names, len(points)) | {"sample": view["samples"], "label": view["labels"]}
    columns |= {"predicted": Head.load(head).classify(view["features"])}
    columns |= found | {"projected_class": [None] * len(points)}
    tables.write(columns, "hulls", output, provenance(config))


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        project(
            snakemake.input.images,
            snakemake.input.vectors,
            {"view": snakemake.wildcards.view, "split": snakemake.wildcards.split},
            snakemake.input.head,
            snakemake.input.training,
            snakemake.params.limit,
            snakemake.params.most,
            snakemake.params.tolerance,
            snakemake.params.threads,
            snakemake.config,
            snakemake.output[0],
        )
