"""Features, classes and margins of one chunk of a view: sections 2 and 3."""

import torch
from safetensors.numpy import load_file

from phiscope import tables
from phiscope.arrays import choose_device, unit_range
from phiscope.features import extract
from phiscope.geometry import margin
from phiscope.head import Head
from phiscope.models import load_artifact, split
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def features_of(view: dict, classifier: str, head: Head, device: str):
    network, _ = load_artifact(classifier)
    feature_map = split(network, torch.from_numpy(unit_range(view["images"][:2])), head=head.layer)
    return extract(feature_map, view["images"], device=device)


def locate(images: str, classifier: str, head_file: str, solver: str, view_name: str, split_name: str, config, output):
    torch.set_num_threads(1)  # chunks are the jobs
    view, head, about = load_file(images), Head.load(head_file), provenance(config)
    features = features_of(view, classifier, head, choose_device(config["device"]))
    logits = head.logits(features)
    sample = {"sample": view["samples"], "label": view["labels"], "predicted": logits.argmax(1)}
    names = {"view": view_name, "split": split_name}
    geometry = (features.astype("float64"), head.weight, head.bias)

    closest = margin.closest_flip(*geometry, lower_bound=head.lower_bound)
    columns = tables.constant(names, len(features)) | sample
    columns |= {"margin": closest.margin, "closest_class": closest.other_class}
    tables.write(columns | {"features": features, "logits": logits}, "features", output.features, about)

    flips = margin.flip_points(*geometry, lower_bound=head.lower_bound, solver=solver)
    columns = tables.constant(names, len(flips.sample)) | {key: sample[key][flips.sample] for key in sample}
    certificate = ("other_class", "margin", "status", "primal_residual", "dual_residual", "duality_gap")
    tables.write(columns | {key: getattr(flips, key) for key in certificate}, "margins", output.margins, about)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        locate(
            snakemake.input.images,
            snakemake.input.classifier,
            snakemake.input.head,
            snakemake.params.solver,
            snakemake.wildcards.view,
            snakemake.wildcards.split,
            snakemake.config,
            snakemake.output,
        )
