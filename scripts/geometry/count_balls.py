"""Radius of every ball, how many samples it holds, and whether its centre lies in the training set's union."""

import pandas as pd

from phiscope import tables
from phiscope.experiments.geometry.balls import Balls, count_inside
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

COLUMNS = [*tables.SAMPLE_COLUMNS, "margin", "closest_class"]


def balls_of(path: str) -> Balls:
    columns = tables.arrays(path, ["margin", "noise", "margin_noise"])
    return Balls(tables.vectors(path), *columns.values())


def count_balls(located: list[str], train: str, test: str, config: dict, output: str) -> None:
    original, parts = {path: balls_of(path) for path in (train, test)}, []
    for path in located:
        own = original[path] if path in original else balls_of(path)
        parts.append(count_inside(tables.read(path, COLUMNS), own, original[train], original[test]))
    rows = pd.concat(parts).sort_values(["view", "split", "sample"])
    tables.write(rows, "balls", output, provenance(config))


if "snakemake" in globals():
    with job(snakemake):
        paths = snakemake.input
        count_balls(paths.located, paths.train, paths.test, snakemake.config, snakemake.output[0])
