"""One of the lecture's experiments, from one seed: every setting trained and measured."""

import dataclasses
from pathlib import Path

import torch

from phiscope import tables
from phiscope.datasets import open_prepared
from phiscope.experiments.denoising.study import Images, run
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def images_of(train: str, test: str, most: int) -> Images:
    arrays = []
    for path in (train, test):
        prepared = open_prepared(path)
        part = slice(0, min(most, len(prepared)))
        arrays += [prepared.images(part), prepared.labels[part]]
    return Images(*arrays)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        torch.set_num_threads(1)  # experiments and seeds are the jobs
        experiment, seed = snakemake.wildcards.experiment, int(snakemake.wildcards.seed)
        images = images_of(snakemake.input.train, snakemake.input.test, snakemake.params.samples)
        checkpoints = Path(snakemake.output[0]).with_suffix(".checkpoints")
        rows = run(experiment, images, snakemake.params.options, seed=seed, checkpoints=checkpoints)
        found = [dataclasses.asdict(row) | {"seed": seed} for row in rows]
        columns = {key: [row[key] for row in found] for key in found[0]}
        tables.write(columns, "denoising_study", snakemake.output[0], provenance(snakemake.config))
