"""Find test images that stand in the training set as well."""

import math

from phiscope import tables
from phiscope.datasets import ImagesBySample, open_prepared
from phiscope.experiments.geometry.duplicates import MOST_PIXELS, Samples, duplicates, small_copies
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def samples_of(features: str, images: str, small: bool) -> Samples:
    who = tables.read(features, ["sample", "label", "noise"])
    prepared, numbers = open_prepared(images), who["sample"].to_numpy()
    copies = small_copies(prepared, numbers) if small else None
    image = ImagesBySample(prepared).__getitem__
    return Samples(tables.vectors(features), who["noise"].to_numpy(), numbers, who["label"].to_numpy(), image, copies)


def are_small(*splits: str) -> bool:
    """Whether the images of these splits together are few and small enough to look at all of them."""
    prepared = [open_prepared(split) for split in splits]
    pixels = sum(len(split) * math.prod(split.shape) for split in prepared)
    return prepared[0].holds_images and pixels <= MOST_PIXELS


if "snakemake" in globals():
    with job(snakemake):
        inputs = snakemake.input
        small = are_small(inputs.test_images, inputs.train_images)
        train = open_prepared(inputs.train_images)
        found = duplicates(
            samples_of(inputs.test, inputs.test_images, small),
            samples_of(inputs.train, inputs.train_images, small),
            train.deviation if len(train) else 0.0,
        )
        write_frames({"duplicates": found}, snakemake.output, snakemake.config)
