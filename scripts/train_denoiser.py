"""Train the denoiser on a folder of images or on the data set's own, resuming an unfinished training."""

from pathlib import Path

import pandas as pd
import torch

from phiscope.arrays import choose_device
from phiscope.datasets.pictures import pictures, shuffled
from phiscope.models import build, save_artifact
from phiscope.training.denoiser import train
from phiscope.workflow.job import job


def train_denoiser(
    images: tuple,
    network: dict,
    options: dict,
    seed: int,
    device: str,
    threads: int,
    output: str,
    log: str,
) -> None:
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    description = network | {"arguments": {"channels": len(images[0])} | network["arguments"], "normalise": None}
    built = build(**description)
    history = train(
        built,
        images,
        options,
        seed=seed,
        checkpoints=Path(output).with_suffix(".checkpoints"),
        device=choose_device(device),
        report=lambda rows: pd.DataFrame(rows).to_csv(log, index=False),
    )
    save_artifact(built.cpu(), description | {"training": options, "seed": seed, "last_epoch": history[-1]}, output)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        parameters, prepared = snakemake.params, next(iter(snakemake.input), None)
        found = pictures(parameters.folder, prepared, None if parameters.folder else parameters.samples, "train")
        # ASSUME: a folder is shuffled before it is cut short; a prepared split is in stratified order already.
        chosen = shuffled(found, parameters.seed).images[: parameters.samples] if parameters.folder else found.images
        train_denoiser(
            chosen,
            parameters.network,
            parameters.options,
            parameters.seed,
            snakemake.config["device"],
            snakemake.threads,
            snakemake.output[0],
            snakemake.output.log,
        )
