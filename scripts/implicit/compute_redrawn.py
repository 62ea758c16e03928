"""From how many waves on the classifier's answer and the samples' places come back."""

from phiscope import stats, tables
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        parameters = snakemake.params
        views = {name: stats.Redrawn(**how) for name, how in parameters.views.items()}
        resampling = Resampling(**parameters.options, seed=parameters.seed)
        redrawn = stats.redrawn(tables.read(snakemake.input.standing), views, resampling)
        write_frames({"redrawn": redrawn}, snakemake.output, snakemake.config)
