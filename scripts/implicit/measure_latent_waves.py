"""How many waves the response to a latent direction is spread over: of the run's generator, of its denoiser."""

from functools import partial

import pandas as pd

from phiscope.arrays import unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.latent import bases
from phiscope.experiments.latent.directions import (
    LATENTS,
    as_taken,
    lsd_axes,
    of_autoencoder,
    of_encoder,
    of_generator,
    rows_of,
)
from phiscope.models import construct, load_artifact
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def measure(name: str, model: str, test: str, basis: str | None, seed: int) -> pd.DataFrame:
    network, description = load_artifact(model)
    anew = partial(construct, description["factory"], description["arguments"], model)
    if name == "generator":
        known = bases.load(basis)["gram-schmidt"] if basis else None
        axes = lsd_axes(known.vectors, known.sets) if known else {}
        return pd.DataFrame(rows_of(name, network, anew, partial(of_generator, seed=seed, bases=axes), seed))
    images = unit_range(open_prepared(test).images(slice(0, LATENTS)))
    if name == "encoder":
        return pd.DataFrame(rows_of(name, network, anew, partial(of_encoder, images=images), seed))
    bare = network.network  # without the normalisation around it, which a denoiser has none of
    opened = partial(of_autoencoder, images=as_taken(images, bare.encoder[0].in_channels))
    return pd.DataFrame(rows_of(name, bare, anew, opened, seed))


if "snakemake" in globals():
    with job(snakemake):
        inputs = snakemake.input
        basis = inputs.get("basis")
        rows = measure(snakemake.wildcards.network, inputs.model, inputs.test, basis, snakemake.params.seed)
        write_frames({"directions": rows}, {"directions": snakemake.output[0]}, snakemake.config)
