"""Means over trials and trainings with their intervals, and the numbers of bases of all encoders in one frame."""

import pandas as pd

from phiscope import tables
from phiscope.stats.intervals import Resampling
from phiscope.stats.latent import keys_of, latent_table
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def labelled(paths: list[str], encoders: list) -> pd.DataFrame:
    """Frames below each other, with the setting and training of each."""
    parts = [tables.read(path).assign(setting=s, training=t) for path, (s, t) in zip(paths, encoders)]
    return pd.concat(parts, ignore_index=True)


def compute(inputs, encoders: list, options: dict, seed: int, config: dict, output) -> None:
    readings = {tuple(encoder): tables.read(path) for encoder, path in zip(encoders, inputs.readings)}
    latent = latent_table(readings, Resampling(**options, seed=seed))
    tables.write(latent, "latent", output.latent, provenance(config))
    trials = labelled(inputs.trials, encoders)
    trials = pd.concat([trials.drop(columns="column"), keys_of(trials["column"])], axis=1)
    tables.write_frame(trials, output.trials, provenance(config))
    tables.write_frame(labelled(inputs.numbers, encoders), output.numbers, provenance(config))


if "snakemake" in globals():
    with job(snakemake):
        compute(
            snakemake.input,
            snakemake.params.encoders,
            snakemake.params.options,
            snakemake.params.seed,
            snakemake.config,
            snakemake.output,
        )
