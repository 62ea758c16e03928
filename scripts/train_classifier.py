"""Train the classifier on the training images, resuming an unfinished training of the same options."""

from pathlib import Path

import pandas as pd
import torch

from phiscope.arrays import choose_device
from phiscope.datasets import open_prepared
from phiscope.models import build, save_artifact
from phiscope.training.classifier import train
from phiscope.workflow.job import job


def train_classifier(
    images: str,
    description: dict,
    options: dict,
    limit: int | None,
    seed: int,
    device: str,
    threads: int,
    output,
    log,
) -> None:
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    prepared = open_prepared(images)
    used = slice(0, limit)
    network = build(**description)
    history = train(
        network,
        torch.from_numpy(prepared.images(used)),
        torch.from_numpy(prepared.labels[used]),
        options,
        seed=seed,
        checkpoints=Path(output).with_suffix(".checkpoints"),
        device=choose_device(device),
        report=lambda rows: pd.DataFrame(rows).to_csv(log, index=False),
    )
    save_artifact(network.cpu(), description | {"training": options, "seed": seed, "last_epoch": history[-1]}, output)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        train_classifier(
            snakemake.input.images,
            snakemake.params.classifier,
            snakemake.params.options,
            snakemake.params.limit,
            snakemake.params.seed,
            snakemake.config["device"],
            snakemake.threads,
            snakemake.output[0],
            snakemake.output.log,
        )
