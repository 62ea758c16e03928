"""Train the generator on the training images, resuming an unfinished training of the same options."""

from pathlib import Path

import torch

from phiscope.datasets import open_prepared
from phiscope.figures.mosaic import save_mosaic
from phiscope.models.gan import discriminator, generator
from phiscope.training.gan import train
from phiscope.workflow.job import job
from phiscope.workflow.training import TrainingJob


def train_gan(images: str, arguments: dict, limit: int | None, samples: Path, training: TrainingJob) -> None:
    training.begin()
    samples.mkdir(parents=True, exist_ok=True)  # a training that was finished before shows nothing
    prepared = open_prepared(images)
    channels, *size = prepared.shape
    arguments = arguments | {"channels": channels, "size": size}
    judge = discriminator(channels, size, arguments["width"])
    average, history = train(
        generator(**arguments),
        judge,
        torch.from_numpy(prepared.images(slice(0, limit))),
        show=lambda epoch, drawn: save_mosaic(drawn.numpy(), samples / f"{epoch:04d}.png"),
        **training.arguments(),
    )
    training.keep(average, {"factory": "phiscope.models.gan:generator", "arguments": arguments}, history)


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        train_gan(
            snakemake.input.images,
            snakemake.params.arguments,
            snakemake.params.limit,
            Path(snakemake.output.samples),
            TrainingJob.of(snakemake, snakemake.params.seed),
        )
