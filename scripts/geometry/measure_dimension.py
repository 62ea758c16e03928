"""Shares of test samples outside the hull in few and in many dimensions, of the features and of a latent space."""

import numpy as np
import pandas as pd
from safetensors.numpy import load_file

from phiscope import tables
from phiscope.experiments.geometry.dimension import Space, by_dimension
from phiscope.head import ROUNDING
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job, progress_bar


def features_of(train: str, test: str, most: int | None) -> Space:
    noise = (tables.read(path, ["noise"])["noise"].to_numpy() for path in (train, test))
    train_noise, test_noise = noise
    return Space("feature", tables.vectors(train), tables.vectors(test)[:most], train_noise, test_noise[:most])


def latents_of(encoded: str, most: int | None) -> Space:
    """The means that the encoder gives, rounded to float32."""
    arrays = load_file(encoded)
    train, test = arrays["train/mean"], arrays["test/mean"][:most]
    return Space("latent", train, test, *(ROUNDING * np.linalg.norm(each, axis=1) for each in (train, test)))


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        inputs, params = snakemake.input, snakemake.params
        spaces = [features_of(inputs.train, inputs.test, params.most)]
        spaces += [latents_of(inputs.encoded, params.most)] if inputs.get("encoded") else []
        options = {"tolerance": params.tolerance, "threads": params.threads}
        resampling = Resampling(**params.options, seed=params.seed)
        rows = [
            by_dimension(
                space,
                params.dimensions,
                **options,
                options=resampling,
                progress=progress_bar(f"dimension, {space.name}"),
            )
            for space in spaces
        ]
        write_frames({"dimension": pd.concat(rows, ignore_index=True)}, snakemake.output, snakemake.config)
