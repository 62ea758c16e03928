"""Project one chunk of a view onto the convex hull of the training set in feature space: section 6."""

from phiscope import tables
from phiscope.geometry import hull
from phiscope.head import Head
from phiscope.workflow.job import job, progress_bar
from phiscope.workflow.provenance import provenance


def project(features: str, training: str, head: str, tolerance: float, threads: int, config: dict, output: str):
    points, vertices = (tables.matrix(path, "features") for path in (features, training))
    found = hull.project(points, vertices, tol=tolerance, threads=threads, progress=progress_bar("hull"))
    columns = tables.read(features, tables.SAMPLE_COLUMNS).to_dict("series")
    columns |= tables.hull_columns(found, tables.read(training, ["sample"])["sample"].to_numpy(), "feature")
    columns["projected_class"] = Head.load(head).classify(found.nearest)
    tables.write(columns, "hulls", output, provenance(config))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        project(
            snakemake.input.features,
            snakemake.input.training,
            snakemake.input.head,
            snakemake.params.tolerance,
            snakemake.threads,
            snakemake.config,
            snakemake.output[0],
        )
