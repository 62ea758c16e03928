"""Where samples stand between the hulls of all training samples and of single classes, with p-values."""

from phiscope import stats, tables
from phiscope.experiments.geometry.leave_one_out import with_p_values
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

NULL = ["hull_of", "label", "predicted", "distance", "position"]
HULLS = [*tables.SAMPLE_COLUMNS, "space", "distance", "position"]
OWN = [*tables.SAMPLE_COLUMNS, "hull_class", "is_predicted", "distance", "position"]

if "snakemake" in globals():
    with job(snakemake):
        inputs, params = snakemake.input, snakemake.params
        classes = tables.read(inputs.class_hulls, OWN) if inputs.get("class_hulls") else None
        left_out = tables.read(inputs.leave_one_out, NULL) if inputs.get("leave_one_out") else None
        standing = with_p_values(stats.hull_standing(tables.read(inputs.hulls, HULLS), classes), left_out)
        summary = stats.hull_summary(standing, Resampling(**params.options, seed=params.seed))
        write_frames({"hull_standing": standing, "hull_summary": summary}, snakemake.output, snakemake.config)
