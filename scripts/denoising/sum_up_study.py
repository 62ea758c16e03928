"""The experiments of the denoising lecture over seeds, and the weight decay that held-out data choose."""

from phiscope import stats, tables
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        study = tables.read(snakemake.input[0])
        frames = {
            "study_summary": stats.study_summary(study, snakemake.params.confidence),
            "held_out_choice": stats.held_out_choice(study),
        }
        write_frames(frames, snakemake.output, snakemake.config)
