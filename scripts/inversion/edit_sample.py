"""Fill a part of one sample in from around it, and see where that moves it: Figures 11 and 12."""

import numpy as np
import torch
from safetensors.numpy import save_file

from phiscope import tables
from phiscope.datasets import ImagesBySample, open_prepared
from phiscope.errors import ConfigError
from phiscope.experiments.inversion import edits
from phiscope.head import Head
from phiscope.models import load_artifact, split
from phiscope.views import inpaint
from phiscope.views.source import Source
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def filled(test: ImagesBySample, number: int, what: dict, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The image and its edited copy, (channels, h, w) each."""
    if number not in test.row:
        raise ConfigError(
            f"config: inversions.edits: test sample {number} is not among the {len(test.prepared)} of this run; "
            "choose another, or raise dataset.limit.test"
        )
    image = test[number]
    source = Source(image[None], np.array([number]), np.array([test.label(number)]), seed)
    return image, inpaint.make(source, **what)["images"][0]


def hidden(image: np.ndarray, what: dict) -> np.ndarray:
    """Where it was filled in, (h, w)."""
    return inpaint.hidden_pixels(image.shape[1:], what.get("mask"), what.get("rectangles", ()))


def main(number: int, what: dict, inputs, config: dict, output) -> None:
    torch.set_num_threads(1)  # samples are the jobs
    test, head = ImagesBySample(open_prepared(inputs.test_images)), Head.load(inputs.head)
    before, after = filled(test, number, what, config["seed"])
    network, _ = load_artifact(inputs.classifier)
    feature_map = split(network, torch.from_numpy(before[None]), head=head.layer)
    training = tables.matrix(inputs.training, "features")
    found = edits.compare(feature_map, head, training, *(image.astype(np.float64) for image in (before, after)))
    shown = {"images": np.stack([before, after]), "filled": hidden(before, what), "features": found.features}
    save_file(shown | {"path_features": found.path, "path_classes": found.path_classes}, output.shown)
    tables.write_frame(found.sides.assign(sample=number), output.sides, provenance(config))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            int(snakemake.wildcards.number),
            snakemake.params.what,
            snakemake.input,
            snakemake.config,
            snakemake.output,
        )
