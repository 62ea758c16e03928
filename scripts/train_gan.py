"""Train the generator on the training images, resuming an unfinished training of the same options."""

from pathlib import Path

import pandas as pd
import torch

from phiscope.arrays import choose_device
from phiscope.datasets import open_prepared
from phiscope.figures.mosaic import save_mosaic
from phiscope.models import save_artifact
from phiscope.models.gan import discriminator, generator
from phiscope.training.gan import train
from phiscope.workflow.job import job


def train_gan(images, arguments: dict, options: dict, limit, seed: int, device: str, threads: int, output) -> None:
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    prepared = open_prepared(images)
    channels, *size = prepared.shape
    arguments = arguments | {"channels": channels, "size": size}
    judge = discriminator(channels, size, arguments["width"])
    samples = Path(output.samples)
    average, history = train(
        generator(**arguments),
        judge,
        torch.from_numpy(prepared.images(slice(0, limit))),
        options,
        seed=seed,
        checkpoints=Path(output[0]).with_suffix(".checkpoints"),
        device=choose_device(device),
        report=lambda rows: pd.DataFrame(rows).to_csv(output.log, index=False),
        show=lambda epoch, drawn: save_mosaic(drawn.numpy(), samples / f"{epoch:04d}.png"),
    )
    description = {"factory": "phiscope.models.gan:generator", "arguments": arguments}
    save_artifact(
        average.cpu(), description | {"training": options, "seed": seed, "last_epoch": history[-1]}, output[0]
    )


if "snakemake" in globals():
    with job(snakemake.log[0]):
        train_gan(
            snakemake.input.images,
            snakemake.params.arguments,
            snakemake.params.options,
            snakemake.params.limit,
            snakemake.params.seed,
            snakemake.config["device"],
            snakemake.threads,
            snakemake.output,
        )
