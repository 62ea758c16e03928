"""How many waves the response to a latent direction is spread over: of the run's generator, of its denoiser."""

from functools import partial

import numpy as np
import pandas as pd
import torch

from phiscope.arrays import unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.latent.directions import LATENTS, of_autoencoder, of_generator, rows_of
from phiscope.models import construct, load_artifact
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def images_of(path: str, channels: int) -> np.ndarray:
    """Test images with as many channels as the network takes; grey where it takes one."""
    images = unit_range(open_prepared(path).images(slice(0, LATENTS)))
    return images if images.shape[1] == channels else images.mean(1, keepdims=True)


def measure(name: str, model: str, test: str, seed: int) -> pd.DataFrame:
    network, description = load_artifact(model)
    anew = partial(construct, description["factory"], description["arguments"], model)
    if name == "generator":
        return pd.DataFrame(rows_of(name, network, anew, partial(of_generator, seed=seed), seed))
    bare = network.network  # without the normalisation around it, which a denoiser has none of
    opened = partial(of_autoencoder, images=images_of(test, bare.encoder[0].in_channels))
    return pd.DataFrame(rows_of(name, bare, anew, opened, seed))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        torch.set_num_threads(1)
        given = snakemake.input
        found = measure(snakemake.wildcards.network, given.model, given.test, snakemake.params.seed)
        write_frames({"directions": found}, {"directions": snakemake.output[0]}, snakemake.config)
