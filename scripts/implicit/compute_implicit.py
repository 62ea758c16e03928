"""What the fits of images as functions of position say: the frames behind their figures, and the answers."""

from phiscope import stats, tables
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        parameters = snakemake.params
        resampling = Resampling(**parameters.options, seed=parameters.seed)
        frames = stats.implicit_frames(tables.read(snakemake.input[0]), parameters.main, resampling)
        write_frames(frames, snakemake.output, snakemake.config)
