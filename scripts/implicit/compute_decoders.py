"""What an encoding inside a decoder gives, over the seeds of its training."""

import pandas as pd

from phiscope import stats, tables
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        rows = pd.concat([tables.read(path) for path in snakemake.input], ignore_index=True)
        summary = stats.decoder_summary(rows, snakemake.params.confidence)
        write_frames({"implicit_decoders": summary}, snakemake.output, snakemake.config)
