"""Classes and margins of one chunk of a view, from its features: sections 2 and 3 of Yousefzadeh 2022."""

from safetensors.numpy import load_file

from phiscope import tables
from phiscope.experiments.geometry.locations import locate
from phiscope.head import Head
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

if "snakemake" in globals():
    with job(snakemake):
        inputs, output, wildcards, config = snakemake.input, snakemake.output, snakemake.wildcards, snakemake.config
        view = load_file(inputs.vectors)
        samples = {"sample": view["samples"], "label": view["labels"]}
        location = locate(view["features"], Head.load(inputs.head), samples, solver=snakemake.params.solver)
        for name, columns in location._asdict().items():
            names = tables.constant({"view": wildcards.view, "split": wildcards.split}, len(columns["sample"]))
            tables.write(names | columns, name, output[name], provenance(config))
