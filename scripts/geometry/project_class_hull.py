"""Project one chunk of a view onto the hulls of the training samples of single classes, in feature space."""

from safetensors.numpy import load_file

from phiscope import tables
from phiscope.experiments.geometry.class_hulls import Spanning, projected_by_class
from phiscope.experiments.geometry.spanning import spanning
from phiscope.head import Head
from phiscope.workflow.job import job, progress_bar
from phiscope.workflow.provenance import provenance

if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        params, wildcards, head = snakemake.params, snakemake.wildcards, Head.load(snakemake.input.head)
        view = {key: array[: params.most] for key, array in load_file(snakemake.input.vectors).items()}
        points, logits = view["features"], head.logits(view["features"])
        rows, columns = projected_by_class(
            points,
            logits,
            Spanning.of(spanning(snakemake.input["training"]), head),
            classes=params.classes,
            noise=head.noise.of_features(points),
            tolerance=params.tolerance,
            threads=params.threads,
            progress=progress_bar("hulls of classes"),
        )
        about = {"sample": view["samples"], "label": view["labels"], "predicted": logits.argmax(1)}
        columns |= {key: column[rows] for key, column in about.items()}
        columns |= tables.constant({"view": wildcards.view, "split": wildcards.split}, len(rows))
        tables.write(columns, "class_hulls", snakemake.output[0], provenance(snakemake.config))
