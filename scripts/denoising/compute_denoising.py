"""What denoisers reach on average, and where the samples of every view stand."""

from phiscope import stats, tables
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        options = Resampling(**snakemake.params.options, seed=snakemake.params.seed)
        frames = {
            "denoising_summary": stats.denoising_summary(tables.read(snakemake.input.denoising), options),
            "views": stats.by_view(tables.read(snakemake.input.standing), options),
        }
        write_frames(frames, snakemake.output, snakemake.config)
