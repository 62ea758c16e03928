"""The weight decay that held-out data chose, from one seed: retrained with it, and judged once on new images."""

import dataclasses
from pathlib import Path

import torch

from phiscope import stats, tables
from phiscope.datasets import open_prepared
from phiscope.errors import DataError
from phiscope.experiments.denoising.study import Images, retrain
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def images_of(train: str, samples: int) -> Images:
    """The training images of the study, and as many after them: the study measures on test images, not on these."""
    prepared = open_prepared(train)
    if len(prepared) <= samples:
        raise DataError(
            f"{train}: the study trains on all {len(prepared)} training images and leaves none to judge the retrained "
            "network by; expected more than denoising.study.samples: lower it, or leave the weight_decay experiment out"
        )
    old, new = slice(0, samples), slice(samples, min(2 * samples, len(prepared)))
    return Images(prepared.images(old), prepared.labels[old], prepared.images(new), prepared.labels[new])


def retrained(study: str, train: str, samples: int, options: dict, seed: int, checkpoints: Path) -> list[dict]:
    choice = stats.held_out_choice(tables.read(study))["setting"].item()
    rows = retrain(images_of(train, samples), options, choice, seed=seed, checkpoints=checkpoints)
    return [dataclasses.asdict(row) | {"seed": seed} for row in rows]


if "snakemake" in globals():
    with job(snakemake.log[0]):
        torch.set_num_threads(1)  # seeds are the jobs
        inputs, params, seed = snakemake.input, snakemake.params, int(snakemake.wildcards.seed)
        checkpoints = Path(snakemake.output[0]).with_suffix(".checkpoints")
        found = retrained(inputs.study, inputs.train, params.samples, params.options, seed, checkpoints)
        columns = {key: [row[key] for row in found] for key in found[0]}
        tables.write(columns, "denoising_study", snakemake.output[0], provenance(snakemake.config))
