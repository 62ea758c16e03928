"""How suspicious every sample of a view looks to every detector."""

import numpy as np
import pandas as pd

from phiscope import detection, tables
from phiscope.head import Head
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def training_of(path: str, head: Head) -> detection.Training:
    labels = tables.read(path, ["label"])["label"].to_numpy()
    features, logits = (tables.matrix(path, column) for column in ("features", "logits"))
    return detection.Training(features, labels, logits, head.weight, head.bias)


def queries_of(path: str, hulls: list[str], samples: pd.Series) -> detection.Queries:
    """The samples of one view, with NaN for the distance of those that were not projected."""
    found = pd.concat([pd.Series(dtype=float), *(_distances(part) for part in hulls)])
    distance = found.reindex(samples).to_numpy()
    margin = tables.read(path, ["margin"])["margin"].to_numpy()
    return detection.Queries(tables.matrix(path, "features"), tables.matrix(path, "logits"), margin, distance)


def _distances(part: str) -> pd.Series:
    return tables.read(part, ["sample", "distance"]).set_index("sample")["distance"]


def score_samples(path: str, hulls: list[str], training: str, head: str, config: dict, output: str) -> None:
    who = tables.read(path, ["view", "split", "sample"])
    queries, known = queries_of(path, hulls, who["sample"]), training_of(training, Head.load(head))
    scores = {name: detection.score(name, queries, known) for name in detection.DETECTORS}
    found = who.loc[np.repeat(who.index, len(scores))]
    found = found.assign(detector=list(scores) * len(who), score=np.stack(list(scores.values()), axis=1).ravel())
    tables.write(found, "scores", output, provenance(config))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        paths = snakemake.input
        score_samples(
            paths.features, list(paths.hulls), paths.training, paths.head, snakemake.config, snakemake.output[0]
        )
