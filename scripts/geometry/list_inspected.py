"""List the samples that are worth a look, and say where those of each class stand."""

from phiscope import stats, tables
from phiscope.datasets import open_prepared
from phiscope.files import write_text
from phiscope.stats.intervals import Resampling
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        inputs, output, params = snakemake.input, snakemake.output, snakemake.params
        standing = tables.read(inputs.standing).query("view == 'original'")
        listed = tables.read(inputs.samples, ["dataset", "split", "sample", "file"])
        files = listed.loc[listed["dataset"].isna() & (listed["split"] == params.split), ["sample", "file"]]
        support, duplicates = tables.read(inputs.support), tables.read(inputs.duplicates)
        classes = open_prepared(inputs.images).classes
        columns = ["view", "split", "predicted", "other_class", "rank", "margin"]
        margins = tables.read(inputs.margins, columns)
        margins = margins[(margins["view"] == "original") & (margins["split"] == params.split)]
        frames = {
            "class_pairs": stats.class_pairs(margins),
            "inspect": stats.inspection(standing, support, duplicates, files, classes),
            "class_summary": stats.class_summary(standing, classes, Resampling(seed=params.seed, **params.options)),
        }
        write_frames(frames, output, snakemake.config)
        write_text(frames["inspect"].to_csv(index=False), output.inspect_csv)
