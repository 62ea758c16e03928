"""How many directions of latent space show an image of a class, by three judges, beside random frames."""

import numpy as np
import torch

from phiscope import tables
from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.latent import bases
from phiscope.experiments.latent.judges import Vectors
from phiscope.experiments.latent.shown import TESTED, ShownDirections
from phiscope.features import extract
from phiscope.head import Head
from phiscope.models import split
from phiscope.models.codec import Codec
from phiscope.models.loading import load_network
from phiscope.tables import LocatedSamples
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def directions_of(inputs, threads: int, device: str) -> ShownDirections:
    head, classifier = Head.load(inputs.head), load_network(inputs.classifier)
    training, test = LocatedSamples(inputs.training), LocatedSamples(inputs.located)
    count = len(test.vectors)
    used = slice(0, count, -(-count // TESTED))  # evenly spread: images may lie in the order of their classes
    chosen = open_prepared(inputs.test).images_at(np.arange(count)[used])  # one by one: the split may be large
    images, features = unit_range(chosen), test.vectors[used]
    feature_map = split(classifier, torch.from_numpy(images[:2]), head=head.layer)

    def see(pictures) -> Vectors:
        features = extract(feature_map, pictures, device=device)
        return Vectors(features, head.logits(features))

    return ShownDirections(
        bases.load(inputs.bases),
        Codec(load_network(inputs.generator), device=device).decode,
        see,
        training.vectors,
        training.columns("label")["label"].to_numpy(),
        images,
        Vectors(features, head.logits(features)),
        test.columns("label")["label"].to_numpy()[used],
        threads,
    )


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        params, device = snakemake.params, choose_device(snakemake.config["device"])
        rows = directions_of(snakemake.input, params.threads, device).rows(params.seed)
        tables.write_frame(rows, snakemake.output[0], provenance(snakemake.config))
