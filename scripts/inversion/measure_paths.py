"""Straight paths of pixels between pairs of test samples, in feature space: Figure 9 over the data set."""

import torch

from phiscope import tables
from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.inversion.straight import measure_paths, pairs_of
from phiscope.head import Head
from phiscope.models import split
from phiscope.models.loading import load_network
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job, progress_bar

if "snakemake" in globals():
    with job(snakemake):
        inputs, params, config = snakemake.input, snakemake.params, snakemake.config
        test, head = open_prepared(inputs.test_images), Head.load(inputs.head)
        located = tables.read(inputs.features, ["sample", "predicted"]).set_index("sample")["predicted"]
        samples = test.samples[: len(located)]
        predicted = located.loc[samples].to_numpy()
        example = torch.from_numpy(unit_range(test.images(slice(0, 2))))
        feature_map = split(load_network(inputs.classifier), example, head=head.layer).to(
            choose_device(config["device"])
        )
        pairs = pairs_of(predicted, params.count, params.seed)
        found = measure_paths(
            feature_map,
            pairs,
            lambda row: unit_range(test.images(slice(row, row + 1)))[0].astype("float64"),
            samples,
            predicted,
            progress_bar("Paths"),
        )
        write_frames({"straight_paths": found}, snakemake.output, config)
