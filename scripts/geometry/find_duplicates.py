"""Find test images that stand in the training set as well."""

from phiscope import tables
from phiscope.datasets import ImagesBySample, open_prepared
from phiscope.experiments.geometry.duplicates import Samples, duplicates
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def samples_of(features: str, images: str) -> Samples:
    who = tables.read(features, ["sample", "label"])
    by_sample = ImagesBySample(open_prepared(images))
    return Samples(tables.vectors(features), who["sample"].to_numpy(), who["label"].to_numpy(), by_sample.__getitem__)


if "snakemake" in globals():
    with job(snakemake):
        inputs = snakemake.input
        train = open_prepared(inputs.train_images)
        found = duplicates(
            samples_of(inputs.test, inputs.test_images),
            samples_of(inputs.train, inputs.train_images),
            train.deviation if len(train) else 0.0,
        )
        write_frames({"duplicates": found}, snakemake.output, snakemake.config)
