"""Read and check one split of the data set, and write it once in stratified order."""

from phiscope.datasets import Specification, open_prepared, prepare
from phiscope.workflow.job import job, tell

if "snakemake" in globals():
    with job(snakemake.log[0]):
        parameters, split = snakemake.params, snakemake.wildcards.split
        limit = snakemake.config["dataset"].get("limit", {}).get(split)
        prepare(
            Specification.of(parameters.dataset),
            split,
            snakemake.output[0],
            seed=parameters.seed,
            limit=limit,  # of what is looked at beforehand, not of what is prepared: another limit makes no other file
            origin=parameters.origin,
            say=tell,
        )
        if snakemake.config["latent"]:
            open_prepared(snakemake.output[0]).require_labels(limit, "latent")
