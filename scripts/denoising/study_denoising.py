"""One of the experiments on training denoisers, from one seed: every setting trained and measured."""

from pathlib import Path

from phiscope import tables
from phiscope.datasets import open_prepared
from phiscope.experiments.denoising.study import columns_of, images_of_study, run, samples_of
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

if "snakemake" in globals():
    with job(snakemake):
        inputs, params, seed = snakemake.input, snakemake.params, int(snakemake.wildcards.seed)
        samples = samples_of(snakemake.wildcards.experiment, params.samples)
        images = images_of_study(open_prepared(inputs.train), open_prepared(inputs.test), samples)
        checkpoints = Path(snakemake.output[0]).parents[1] / f"checkpoints/{seed}"  # of all experiments
        rows = run(snakemake.wildcards.experiment, images, params.options, seed=seed, checkpoints=checkpoints)
        tables.write(columns_of(rows, seed), "denoising_study", snakemake.output[0], provenance(snakemake.config))
