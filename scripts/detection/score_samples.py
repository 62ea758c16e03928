"""How suspicious every sample of a view looks to every detector."""

from phiscope import tables
from phiscope.detection import Queries, Training
from phiscope.experiments.detection.scores import HULL, OWN, beside_classes, distances, null_of, score_all
from phiscope.head import Head
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def training_of(path: str, left_out: str | None, head: Head) -> Training:
    located = tables.read(path, ["label", "margin"])
    nulls = null_of(tables.read(left_out) if left_out else None)
    arrays = tables.vectors(path), located["label"].to_numpy(), tables.matrix(path, "logits")
    return Training(*arrays, head.weight, head.bias, located["margin"].to_numpy(), *nulls)


def queries_of(path: str, hulls: list[str], class_hulls: list[str]) -> Queries:
    """The samples of one view; hulls, class_hulls: chunks of the projections of those that were projected."""
    located = tables.read(path, ["sample", "margin"])
    distance = distances((tables.read(part, HULL) for part in hulls), located["sample"])
    of_classes = beside_classes([tables.read(part, OWN) for part in class_hulls], located["sample"], distance)
    return Queries(
        tables.vectors(path), tables.matrix(path, "logits"), located["margin"].to_numpy(), distance, *of_classes
    )


if "snakemake" in globals():
    with job(snakemake):
        paths, output = snakemake.input, snakemake.output[0]
        training = training_of(paths.training, paths.get("leave_one_out"), Head.load(paths.head))
        queries = queries_of(paths.features, paths.hulls, paths.class_hulls)
        scores = score_all(tables.read(paths.features, ["view", "split", "sample"]), queries, training)
        tables.write(scores, "scores", output, provenance(snakemake.config))
