"""The scale of the penalty that held-out images chose, from one seed: trained with once more, judged on new images."""

from pathlib import Path

from phiscope import stats, tables
from phiscope.datasets import open_prepared
from phiscope.experiments.denoising.study import columns_of, images_of_retraining, retrain
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

if "snakemake" in globals():
    with job(snakemake):
        inputs, params, seed = snakemake.input, snakemake.params, int(snakemake.wildcards.seed)
        images = images_of_retraining(open_prepared(inputs.train), params.samples, inputs.train)
        checkpoints = Path(snakemake.output[0]).parents[1] / f"checkpoints/{seed}"  # of all experiments
        choice = stats.held_out_choice(tables.read(inputs.study))["setting"].item()
        rows = retrain(images, params.options, choice, seed=seed, checkpoints=checkpoints)
        tables.write(columns_of(rows, seed), "denoising_study", snakemake.output[0], provenance(snakemake.config))
