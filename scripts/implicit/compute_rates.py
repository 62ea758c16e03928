"""What few coefficients cost beside JPEG, over images."""

from phiscope import stats, tables
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        resampling = Resampling(**snakemake.params.options, seed=snakemake.params.seed)
        summary = stats.rate_summary(tables.read(snakemake.input[0]), resampling)
        write_frames({"implicit_rates": summary}, snakemake.output, snakemake.config)
