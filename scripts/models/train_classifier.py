"""Train the classifier on the training images, resuming an unfinished training of the same options."""

import torch

from phiscope.arrays import unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.models.untrained import knows_already
from phiscope.models import build
from phiscope.models.feature_map import checked
from phiscope.models.sized import sized
from phiscope.models.trial import ENOUGH, in_evaluation, require_runs
from phiscope.training.classifier import train
from phiscope.training.reading import images_of
from phiscope.workflow.job import job, tell
from phiscope.workflow.training import TrainingJob


def train_classifier(
    images: str, description: dict, content: str | None, head: str | None, limit: int | None, training: TrainingJob
) -> None:
    training.begin()
    prepared, used = open_prepared(images), slice(0, limit)
    description = sized(description, prepared)
    network = build(**description, where="classifier.factory")
    # Before hours of training: that the network reads the images, and that its head is one that can be found.
    tried = torch.from_numpy(unit_range(prepared.images(slice(0, ENOUGH))))
    require_runs(network, tried)
    with in_evaluation(network):
        checked(network, tried, len(prepared.classes), head)
        if said := knows_already(network, prepared):
            tell(said)
    labels = torch.from_numpy(prepared.labels[used])
    built_from = [description, content]
    history = train(network, images_of(prepared, limit), labels, **training.arguments(), built_from=built_from)
    training.keep(network, description, history)


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        train_classifier(
            snakemake.input.images,
            snakemake.params.classifier,
            snakemake.params.get("content"),
            snakemake.params.get("head"),
            snakemake.params.limit,
            TrainingJob.of(snakemake, snakemake.params.seed),
        )
