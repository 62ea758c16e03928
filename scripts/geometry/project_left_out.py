"""Distances of training samples to the hull of the others: of all of them, and of those of the same class."""

from phiscope import tables
from phiscope.experiments.geometry.class_hulls import Spanning
from phiscope.experiments.geometry.leave_one_out import left_out
from phiscope.experiments.geometry.spanning import spanning
from phiscope.head import Head
from phiscope.workflow.job import job, progress_bar
from phiscope.workflow.provenance import provenance

if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        params, head = snakemake.params, Head.load(snakemake.input.head)
        training = Spanning.of(spanning(snakemake.input["training"]), head)
        rows = left_out(
            training,
            head.classify(training.vectors),
            most=params.most,
            of_classes=params.of_classes,
            seed=params.seed,
            tolerance=params.tolerance,
            threads=params.threads,
            device=snakemake.config["device"],
            progress=progress_bar("leave-one-out hulls"),
        )
        rows |= tables.constant({"view": "original", "split": "train"}, len(rows["sample"]))
        tables.write(rows, "leave_one_out", snakemake.output[0], provenance(snakemake.config))
