"""Random latents labelled through generator and classifier: sets 2, 3, ... of step 4(b)."""

import numpy as np

from phiscope.arrays import choose_device
from phiscope.datasets import open_prepared
from phiscope.files import write_arrays
from phiscope.latent.sets import drawn, sets_needed
from phiscope.models import load_artifact
from phiscope.models.codec import Codec
from phiscope.workflow.job import job


def sample_latents(inputs, size: int, seed: int, device: str, output: str) -> None:
    network, _ = load_artifact(inputs.generator)
    codec = Codec(network, load_artifact(inputs.classifier)[0], device=choose_device(device))
    classes, dimension = len(open_prepared(inputs.images).classes), network.latent
    sets = list(range(2, sets_needed(dimension, classes) + 1)) or [2]
    made = drawn(
        codec.decode, codec.classify, dimension=dimension, label_count=classes, sets=sets, size=size, seed=seed
    )
    for label, number, have in made.short:
        print(f"label {label}, set {number}: {have} of {size} latents; the generator hardly makes it")
    short = np.array(made.short, np.int64).reshape(-1, 3)
    write_arrays({"latents": made.latents, "labels": made.labels, "sets": made.sets, "short": short}, output)


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        sample_latents(
            snakemake.input,
            snakemake.params.size,
            snakemake.params.seed,
            snakemake.config["device"],
            snakemake.output[0],
        )
