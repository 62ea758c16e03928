"""Run one chunk of a view through the classifier up to its last hidden layer: equation (3) of Yousefzadeh 2022."""

import numpy as np
import torch
from safetensors.numpy import load_file

from phiscope.arrays import choose_device, unit_range
from phiscope.features import extract
from phiscope.files import write_arrays
from phiscope.head import Head
from phiscope.models import load_artifact, split
from phiscope.workflow.job import job


def extract_features(images: str, classifier: str, head: str, device: str, output: str) -> None:
    view, (network, _) = load_file(images), load_artifact(classifier)
    some = view["images"][:2] if len(view["images"]) else np.zeros((2, *view["images"].shape[1:]), np.float32)
    feature_map = split(network, torch.from_numpy(unit_range(some)), head=Head.load(head).layer)
    features = extract(feature_map, view["images"], device=choose_device(device))
    write_arrays({"features": features, "samples": view["samples"], "labels": view["labels"]}, output)


if "snakemake" in globals():
    with job(snakemake):
        inputs, device = snakemake.input, snakemake.config["device"]
        extract_features(inputs.images, inputs.classifier, inputs.head, device, snakemake.output[0])
