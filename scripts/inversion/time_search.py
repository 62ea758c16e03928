"""What inverting one image costs with this network: what `inversions.budget` is spent by."""

import torch

from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.inversion.cost import measure
from phiscope.geometry.inversion.memory import MOST, free_memory
from phiscope.head import Head
from phiscope.models import split
from phiscope.models.loading import load_network
from phiscope.workflow.job import job


def main(inputs, device: str, jobs: int, output: str) -> None:
    images = torch.from_numpy(unit_range(open_prepared(inputs.test_images).images(slice(0, MOST))))
    feature_map = split(load_network(inputs.classifier), images[:2], head=Head.load(inputs.head).layer).to(device)
    measure(feature_map, images.to(device), free_memory(device, jobs=jobs)).write(output)


if "snakemake" in globals():
    with job(snakemake):
        device = choose_device(snakemake.config["device"])
        main(snakemake.input, device, snakemake.resources.jobs_at_once, snakemake.output[0])
