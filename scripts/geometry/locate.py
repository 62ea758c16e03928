"""Features, classes and margins of one chunk of a view: sections 2 and 3 of Yousefzadeh 2022."""

import torch
from safetensors.numpy import load_file

from phiscope import tables
from phiscope.arrays import choose_device, unit_range
from phiscope.experiments.geometry.locations import locate
from phiscope.features import extract
from phiscope.head import Head
from phiscope.models import load_artifact, split
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def features_of(view: dict, classifier: str, head: Head, device: str):
    network, _ = load_artifact(classifier)
    feature_map = split(network, torch.from_numpy(unit_range(view["images"][:2])), head=head.layer)
    return extract(feature_map, view["images"], device=device)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        torch.set_num_threads(1)  # chunks are the jobs
        inputs, output, wildcards, config = snakemake.input, snakemake.output, snakemake.wildcards, snakemake.config
        view, head = load_file(inputs.images), Head.load(inputs.head)
        features = features_of(view, inputs.classifier, head, choose_device(config["device"]))
        samples = {"sample": view["samples"], "label": view["labels"]}
        location = locate(features, head, samples, solver=snakemake.params.solver)
        for name, columns in location._asdict().items():
            names = tables.constant({"view": wildcards.view, "split": wildcards.split}, len(columns["sample"]))
            tables.write(names | columns, name, output[name], provenance(config))
