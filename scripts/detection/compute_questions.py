"""What detectors tell of samples as they are: errors, people's disagreement, samples of other data sets."""

import os

import numpy as np

from phiscope import stats, tables
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        inputs, params = snakemake.input, snakemake.params
        shares = np.load(os.path.expandvars(params.human_labels)) if params.human_labels else None
        options = Resampling(**params.options, seed=params.seed)
        standing = tables.read(inputs.standing)
        frame = stats.detector_questions(
            tables.read(inputs.scores), standing, shares, foreign=params.foreign, options=options
        )
        write_frames({"detector_questions": frame}, snakemake.output, snakemake.config)
