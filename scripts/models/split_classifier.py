"""Find the classifier's linear head and what is known of the features that flow into it."""

import torch

from phiscope.arrays import unit_range
from phiscope.datasets import open_prepared
from phiscope.head import Head
from phiscope.models import load_artifact
from phiscope.models.feature_map import checked
from phiscope.models.trial import ENOUGH
from phiscope.workflow.job import job


def split_classifier(classifier: str, images: str, layer: str | None, lower_bound, output: str) -> None:
    network, about = load_artifact(classifier)
    prepared = open_prepared(images)
    tried = torch.from_numpy(unit_range(prepared.images(slice(0, ENOUGH))))
    feature_map = checked(network, tried, len(prepared.classes), layer)
    known = about["head_alone"]["lower_bound"] if "head_alone" in about else feature_map.lower_bound
    bound = known if lower_bound == "detect" else lower_bound
    Head(feature_map.weight.numpy(), feature_map.bias.numpy(), feature_map.layer, bound).save(output)


if "snakemake" in globals():
    with job(snakemake):
        split_classifier(
            snakemake.input.classifier,
            snakemake.input.images,
            snakemake.params.head,
            snakemake.params.lower_bound,
            snakemake.output[0],
        )
