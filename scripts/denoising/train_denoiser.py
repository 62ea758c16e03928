"""Train the denoiser on a folder of images or on the data set's own, resuming an unfinished training."""

from phiscope.datasets.pictures import pictures, shuffled
from phiscope.models import build
from phiscope.training.denoiser import train
from phiscope.workflow.job import job
from phiscope.workflow.training import TrainingJob


def images_of(folder: str | None, prepared: str | None, samples: int, seed: int) -> tuple:
    """The images to train on: `samples` of the folder's where there is one, else of the prepared training split."""
    collection = pictures(folder, prepared, None if folder else samples, "train")
    # ASSUME: a folder is shuffled before it is cut short; a prepared split is in stratified order already.
    return shuffled(collection, seed).images[:samples] if folder else collection.images


def train_denoiser(images: tuple, network: dict, content: str | None, where: str, training: TrainingJob) -> None:
    training.begin()
    description = network | {"arguments": {"channels": len(images[0])} | network["arguments"], "normalise": None}
    built = build(**description, where=where)
    history = train(built, images, **training.arguments(), built_from=[description, content])
    training.keep(built, description, history)


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        parameters, prepared = snakemake.params, next(iter(snakemake.input), None)
        train_denoiser(
            images_of(parameters.folder, prepared, parameters.samples, parameters.seed),
            parameters.network,
            parameters.content,
            parameters.where,
            TrainingJob.of(snakemake, parameters.seed),
        )
