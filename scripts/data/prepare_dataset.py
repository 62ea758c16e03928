"""Read and check one split of the data set, and write it once in stratified order."""

from phiscope.datasets import Specification, prepare
from phiscope.workflow.job import job, tell

if "snakemake" in globals():
    with job(snakemake.log[0]):
        parameters, split = snakemake.params, snakemake.wildcards.split
        prepare(
            Specification.of(parameters.dataset),
            split,
            snakemake.output[0],
            seed=parameters.seed,
            # What is looked at beforehand, not what is prepared: another limit makes no other file.
            limit=snakemake.config["dataset"].get("limit", {}).get(split),
            origin=parameters.origin,
            say=tell,
        )
