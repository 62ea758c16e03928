"""Radius of every ball, how many samples it holds, and whether its centre lies in the training set's union."""

import pandas as pd

from phiscope import tables
from phiscope.geometry import balls
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

LOCATED = [*tables.SAMPLE_COLUMNS, "margin", "closest_class"]


def balls_of(path: str, train: str, test: str) -> pd.DataFrame:
    """The balls of one view and split, against the training and test samples of the original view."""
    frame, vectors = tables.read(path, LOCATED), tables.matrix(path, "features")
    radii, itself = frame["margin"].to_numpy(), frame.index.to_numpy()
    frame["train_inside"], frame["test_inside"] = (
        balls.inside(vectors, radii, tables.matrix(other, "features"), exclude_self=itself if other == path else None)
        for other in (train, test)
    )
    train_radii = tables.read(train, ["margin"])["margin"].to_numpy()
    frame["in_train_union"] = balls.in_union(
        vectors, tables.matrix(train, "features"), train_radii, exclude_self=itself if path == train else None
    )
    return frame.rename(columns={"margin": "radius"})


def count_balls(located: list[str], train: str, test: str, config: dict, output: str) -> None:
    found = pd.concat([balls_of(path, train, test) for path in located])
    tables.write(found.sort_values(["view", "split", "sample"]), "balls", output, provenance(config))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        paths = snakemake.input
        count_balls(paths.located, paths.train, paths.test, snakemake.config, snakemake.output[0])
