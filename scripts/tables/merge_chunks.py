"""Put the chunks of one table into one file, in the order of its keys."""

from phiscope import tables
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        tables.merge(snakemake.input, snakemake.output[0])
