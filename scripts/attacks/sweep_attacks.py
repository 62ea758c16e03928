"""Attack the first test samples by DeepFool over its overshoot, and by PGD over confidence and hull penalty."""

import torch

from phiscope import tables
from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.detection import Training
from phiscope.experiments.attacks.sweep import Scene, sweep, thresholds_of
from phiscope.experiments.detection.scores import null_of
from phiscope.experiments.geometry.class_hulls import Spanning
from phiscope.head import Head
from phiscope.models import split
from phiscope.models.loading import load_network
from phiscope.views.epsilon import with_epsilon
from phiscope.workflow.job import job, progress_bar
from phiscope.workflow.provenance import provenance


def scene_of(inputs, params, example: torch.Tensor, device: str) -> Scene:
    """The network, the training samples, and the detectors with their thresholds."""
    head, network = Head.load(inputs.head), load_network(inputs.classifier).to(device)
    located = tables.read(inputs.training, ["sample", "label", "margin"])
    vectors, labels = tables.vectors(inputs.training), located["label"].fillna(-1).to_numpy(int)
    nulls = null_of(tables.read(inputs.leave_one_out) if inputs.get("leave_one_out") else None)
    logits = tables.matrix(inputs.training, "logits")
    return Scene(
        network=network,
        feature_map=split(network, example, head=head.layer).to(device),
        head=head,
        spanning=Spanning(vectors, labels, located["sample"].to_numpy(), head.noise.of_features(vectors)),
        training=Training(vectors, labels, logits, head.weight, head.bias, located["margin"].to_numpy(), *nulls),
        thresholds=thresholds_of(tables.read(inputs.scores)),
        classes=params.classes,
        threads=params.threads,
    )


def main(inputs, params, config: dict, output) -> None:
    test, device = open_prepared(inputs.test_images), choose_device(config["device"])
    images = test.images(slice(0, min(params.options["samples"], len(test))))
    scene = scene_of(inputs, params, torch.from_numpy(unit_range(images[:2])), device)
    options = with_epsilon(params.options, open_prepared(inputs.train_images))
    count = len(images)
    rows = sweep(scene, images, test.samples[:count], test.labels[:count], options, progress_bar("Attacks"))
    tables.write(rows, "attack_sweep", output, provenance(config))


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        main(snakemake.input, snakemake.params, snakemake.config, snakemake.output.attack_sweep)
