"""Read and check one split of the data set, and write it once in stratified order."""

from phiscope.datasets import Specification, open_prepared, prepare
from phiscope.factories import function_of
from phiscope.workflow.job import job, tell
from phiscope.workflow.plan import Counts, Plan
from phiscope.workflow.plan.named import require_named

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
        if split == "test":  # of the configuration, not parameters: another sample of the report prepares nothing anew
            require_named(Plan.of(snakemake.config).with_counts(Counts.of_splits(prepared)))
