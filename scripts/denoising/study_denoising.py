"""One of the experiments on training denoisers, from one seed: every setting trained and measured."""

from pathlib import Path

from phiscope import tables
from phiscope.datasets import open_prepared
from phiscope.experiments.denoising.study import columns_of, images_of_study, run
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

if "snakemake" in globals():
    with job(snakemake):
        inputs, params, seed = snakemake.input, snakemake.params, int(snakemake.wildcards.seed)
        images = images_of_study(open_prepared(inputs.train), open_prepared(inputs.test), params.samples)
        checkpoints = Path(snakemake.output[0]).with_suffix(".checkpoints")
        rows = run(snakemake.wildcards.experiment, images, params.options, seed=seed, checkpoints=checkpoints)
        tables.write(columns_of(rows, seed), "denoising_study", snakemake.output[0], provenance(snakemake.config))
