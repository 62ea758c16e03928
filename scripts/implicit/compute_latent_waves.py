"""Latent directions beside their controls, of every network that was looked at."""

import pandas as pd

from phiscope import stats, tables
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        directions = pd.concat([tables.read(path) for path in snakemake.input], ignore_index=True)
        resampling = Resampling(**snakemake.params.options, seed=snakemake.params.seed)
        statistics = {"latent_waves": stats.latent_waves(directions, resampling)}
        write_frames(statistics, snakemake.output, snakemake.config)
