"""Classes and margins of one chunk of a view, from its features: sections 2 and 3 of Yousefzadeh 2022."""

from safetensors.numpy import load_file

from phiscope import tables
from phiscope.experiments.geometry.locations import locate
from phiscope.head import Head
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

if "snakemake" in globals():
    with job(snakemake):
        inputs, output, wildcards, params = snakemake.input, snakemake.output, snakemake.wildcards, snakemake.params
        view = load_file(inputs.vectors)
        samples = {"sample": view["samples"], "label": view["labels"]}
        asked = {"solver": params.solver, "classes": params.get("classes")}
        location = locate(view["features"], Head.load(inputs.head), samples, **asked)
        for name, pieces in (("features", [location.features]), ("margins", location.margins)):
            named = (
                tables.constant({"view": wildcards.view, "split": wildcards.split}, len(columns["sample"])) | columns
                for columns in pieces
            )
            tables.write_pieces(named, name, output[name], provenance(snakemake.config))
