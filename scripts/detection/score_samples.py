"""How suspicious every sample of a view looks to every detector."""

from phiscope import tables
from phiscope.detection import Queries, Training
from phiscope.experiments.detection.scores import distances, score_all
from phiscope.head import Head
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def training_of(path: str, head: Head) -> Training:
    labels = tables.read(path, ["label"])["label"].to_numpy()
    return Training(tables.vectors(path), labels, tables.matrix(path, "logits"), head.weight, head.bias)


def queries_of(path: str, hulls: list[str]) -> Queries:
    """The samples of one view; hulls: chunks of the projections of those that were projected."""
    located = tables.read(path, ["sample", "margin"])
    distance = distances((tables.read(part, ["sample", "distance"]) for part in hulls), located["sample"])
    return Queries(tables.vectors(path), tables.matrix(path, "logits"), located["margin"].to_numpy(), distance)


if "snakemake" in globals():
    with job(snakemake):
        paths, output = snakemake.input, snakemake.output[0]
        training, queries = training_of(paths.training, Head.load(paths.head)), queries_of(paths.features, paths.hulls)
        scores = score_all(tables.read(paths.features, ["view", "split", "sample"]), queries, training)
        tables.write(scores, "scores", output, provenance(snakemake.config))
