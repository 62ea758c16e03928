"""Autoencoders that differ in what is inside their decoder, all from one seed."""

from pathlib import Path

import pandas as pd

from phiscope.arrays import choose_device
from phiscope.datasets import open_prepared
from phiscope.experiments.implicit.decoders import run_all
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def images_of(path: str, most: int | None):
    prepared = open_prepared(path)
    return prepared.images(slice(0, min(most or len(prepared), len(prepared))))


if "snakemake" in globals():
    with job(snakemake):
        inputs, options, output = snakemake.input, snakemake.params.options, snakemake.output[0]
        rows = run_all(
            images_of(inputs.train, options["samples"]),
            images_of(inputs.test, options["samples"]),
            options,
            seed=int(snakemake.wildcards.seed),
            checkpoints=Path(output).with_suffix(".checkpoints"),
            device=choose_device(snakemake.config["device"]),
        )
        write_frames({"decoders": pd.DataFrame(rows)}, {"decoders": output}, snakemake.config)
