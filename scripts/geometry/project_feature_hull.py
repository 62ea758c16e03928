"""Project one chunk of a view onto a convex hull in feature space: section 6.

The hull is that of the training set, or of the training images as a view shows them.
"""

from safetensors.numpy import load_file

from phiscope import tables
from phiscope.experiments.geometry.spanning import spanning
from phiscope.geometry import hull
from phiscope.head import Head
from phiscope.workflow.job import job, progress_bar
from phiscope.workflow.provenance import provenance


def project(
    vectors: str,
    names: dict[str, str],
    training: str,
    head: str,
    hull_of: str | None,
    most: int | None,
    tolerance: float,
    threads: int,
    config: dict,
    output: str,
) -> None:
    """names: view and split; training: file of the features that span the hull; most: how many samples of the chunk,
    from its first; None for all.
    """
    view, classes = {key: array[:most] for key, array in load_file(vectors).items()}, Head.load(head)
    spanned = spanning(training)
    points, vertices = view["features"], spanned["features"]
    options = {"threads": threads, "device": config["device"], "progress": progress_bar("hull")}
    projection = hull.project(points, vertices, tol=tolerance, **options)
    columns = tables.constant(names, len(points)) | {"sample": view["samples"], "label": view["labels"]}
    columns |= {"predicted": classes.classify(points)}
    noise = classes.noise.of_features(points) + classes.noise.of_features(vertices).max()
    columns |= tables.hull_columns(projection, spanned["samples"], "feature", noise)
    columns["projected_class"] = classes.classify(projection.nearest)
    if hull_of is None:
        tables.write(columns, "hulls", output, provenance(config))
    else:
        constants = tables.constant({"hull_of": hull_of}, len(points))
        tables.write(columns | constants, "processed_hulls", output, provenance(config))


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        project(
            snakemake.input.vectors,
            {"view": snakemake.wildcards.view, "split": snakemake.wildcards.split},
            snakemake.input["training"],
            snakemake.input.head,
            snakemake.params.get("hull_of"),
            snakemake.params.most,
            snakemake.params.tolerance,
            snakemake.params.threads,
            snakemake.config,
            snakemake.output[0],
        )
