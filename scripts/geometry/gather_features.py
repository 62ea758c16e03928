"""Put the features of the training images under a view into one file beside their table, which hull projections map."""

from phiscope.experiments.geometry.spanning import gather
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        gather(list(snakemake.input), snakemake.output[0])
