"""Read another data set's test images and write them once, fitted to the classifier's input, in stratified order."""

from phiscope.datasets import Specification, open_prepared, prepare_other
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        parameters, name = snakemake.params, snakemake.wildcards.dataset
        prepare_other(
            Specification.of(parameters.dataset),
            snakemake.output[0],
            shape=open_prepared(snakemake.input.like).shape,
            seed=parameters.seed,
            limit=snakemake.config["datasets"][name].get("limit", {}).get("test"),
            origin=parameters.origin,
        )
