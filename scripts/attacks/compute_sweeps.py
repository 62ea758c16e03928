"""What attacks at many settings, and paths between many samples, come to."""

import numpy as np

from phiscope import stats, tables
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        inputs, params = snakemake.input, snakemake.params
        options = Resampling(**params.options, seed=params.seed)
        sweep, paths = (tables.read(inputs[k]) if inputs.get(k) else None for k in ("attack_sweep", "straight_paths"))
        standing = tables.read(inputs.standing)
        genuine = np.concatenate([tables.read(inputs[split], ["margin"])["margin"] for split in ("train", "test")])
        frames = {"sweep_summary": stats.sweep_summary(sweep, standing, genuine, paths, options)}
        if snakemake.output.get("overshoots"):
            frames["overshoots"] = stats.overshoots(sweep, genuine, options)
        if snakemake.output.get("attack_front"):
            frames["attack_front"] = stats.attack_front(sweep, standing, options)
        write_frames(frames, snakemake.output, snakemake.config)
