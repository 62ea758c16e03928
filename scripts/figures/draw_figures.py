"""Draw figures, each as svg and as png, with its caption beside it."""

from pathlib import Path

from phiscope.exhibits.frames import Run, frames_of
from phiscope.workflow.artifacts import opened
from phiscope.workflow.drawing import draw
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        run = Run(opened(snakemake.input, snakemake.params.told_apart), snakemake.params.context)
        for name in snakemake.params.names:
            draw(name, frames_of(name, run), Path(snakemake.output[0]).parent)
