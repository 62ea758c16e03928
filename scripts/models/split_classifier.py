"""Find the classifier's linear head, what is known of the features that flow into it, and how much they are rounded."""

from __future__ import annotations

import numpy as np
import torch

from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import PreparedDataset, open_prepared
from phiscope.experiments.geometry.noise import drawn, images_to_measure, measured
from phiscope.head import FeatureNoise, Head
from phiscope.models import load_artifact
from phiscope.models.feature_map import FeatureMap, checked
from phiscope.models.trial import ENOUGH
from phiscope.workflow.job import job


def noise_of(feature_map: FeatureMap, splits: list[PreparedDataset], seed: int, device: str) -> FeatureNoise:
    first = next(split for split in splits if len(split))
    most = images_to_measure(feature_map, torch.from_numpy(unit_range(first.images(slice(0, 1)))))
    rows = drawn(map(len, splits), most, seed)
    images = [split.images(slice(row, row + 1)) for split, own in zip(splits, rows, strict=True) for row in own]
    return measured(feature_map, np.concatenate(images), device=device)


def split_classifier(inputs, layer: str | None, lower_bound, seed: int, device: str, output: str) -> None:
    network, about = load_artifact(inputs.classifier)
    prepared, training = open_prepared(inputs.images), open_prepared(inputs.training)
    tried = torch.from_numpy(unit_range(prepared.images(slice(0, ENOUGH))))
    feature_map = checked(network, tried, len(prepared.classes), layer)
    known = about["head_alone"]["lower_bound"] if "head_alone" in about else feature_map.lower_bound
    bound = known if lower_bound == "detect" else lower_bound
    weight, bias = feature_map.weight.numpy(), feature_map.bias.numpy()
    noise = noise_of(feature_map, [training, prepared], seed, device)
    Head(weight, bias, feature_map.layer, bound, noise).save(output)


if "snakemake" in globals():
    with job(snakemake):
        params, device = snakemake.params, choose_device(snakemake.config["device"])
        split_classifier(snakemake.input, params.head, params.lower_bound, params.seed, device, snakemake.output[0])
