"""Fill a part of one sample in from around it, and see where the network puts both: Figures 11 and 12."""

import numpy as np
import torch

from phiscope.datasets import ImagesBySample, open_prepared
from phiscope.errors import ConfigError
from phiscope.experiments.inversion import edits
from phiscope.files import write_arrays
from phiscope.head import Head
from phiscope.models import split
from phiscope.models.loading import load_network
from phiscope.views import inpaint
from phiscope.views.source import Source
from phiscope.workflow.job import job


def main(number: int, what: dict, inputs, seed: int, output: str) -> None:
    test = ImagesBySample(open_prepared(inputs.test_images))
    if number not in test.row:
        raise ConfigError(
            f"config: inversions.edits: test sample {number} is not among the {len(test.prepared)} of this run; "
            "choose another, or raise dataset.limit.test"
        )
    before = test[number]
    source = Source(before[None], np.array([number]), np.array([test.label(number)]), seed)
    after = inpaint.make(source, **what)["images"][0]
    hidden = inpaint.hidden_pixels(before.shape[1:], what.get("mask"), what.get("rectangles", ()))
    feature_map = split(
        load_network(inputs.classifier), torch.from_numpy(before[None]), head=Head.load(inputs.head).layer
    )
    edited = edits.compare(feature_map, *(image.astype(np.float64) for image in (before, after)))
    shown = {"images": np.stack([before, after]), "filled": hidden, "features": edited.features}
    write_arrays(shown | {"path_features": edited.path, "path_classes": edited.path_classes}, output)


if "snakemake" in globals():
    with job(snakemake):
        number, what = int(snakemake.wildcards.number), snakemake.params.what
        main(number, what, snakemake.input, snakemake.params.seed, snakemake.output[0])
