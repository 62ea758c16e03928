"""Read and check one split of the data set, and write it once in stratified order."""

from phiscope.datasets import Specification, open_prepared, prepare
from phiscope.factories import function_of
from phiscope.workflow.job import job, tell

if "snakemake" in globals():
    with job(snakemake):
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
            outputs=function_of(parameters.outputs)(parameters.weights) if parameters.get("outputs") else None,
        )
        prepared = open_prepared(snakemake.output[0])
        if snakemake.config["latent"]:
            prepared.require_labels(limit, "latent")
        if split == "test":
            # By its name, and of the configuration: neither another plan nor another sample of the report makes another
            # file, and all rests on this one.
            function_of("phiscope.workflow.plan.named:require_named_in")(snakemake.config, prepared)
        else:
            function_of("phiscope.workflow.plan.held:require_held_in")(snakemake.config, prepared)
