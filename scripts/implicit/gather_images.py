"""Gather the images that are drawn as functions of position: one file, one array per image, in order."""

import json

from phiscope.datasets import open_prepared
from phiscope.experiments.implicit.images import gather
from phiscope.files import write_arrays
from phiscope.workflow.job import job


def main(specs: list[dict], test: str, seed: int, output: str) -> None:
    images = gather(specs, open_prepared(test), seed)
    write_arrays(images, output, {"names": json.dumps(list(images))})


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.params.images, snakemake.input.test, snakemake.params.seed, snakemake.output[0])
