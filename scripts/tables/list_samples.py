"""The table of the samples that a run uses: their files and what else the source says of them."""

from phiscope.datasets import open_prepared
from phiscope.tables.samples import Listed, list_samples
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

if "snakemake" in globals():
    with job(snakemake):
        inputs, limits = snakemake.input, snakemake.params.limits
        own = [Listed(None, split, open_prepared(inputs[split]), limits[split]) for split in ("train", "test")]
        others = [
            Listed(name, "test", open_prepared(path), limit)
            for (name, limit), path in zip(snakemake.params.datasets.items(), inputs["datasets"], strict=True)
        ]
        list_samples([*own, *others], snakemake.output[0], provenance(snakemake.config))
