"""Read one split of the data set, check it, and write it once in stratified order."""

from phiscope import datasets
from phiscope.workflow.job import job


def prepare(dataset: dict, split: str, seed: int, output: str) -> None:
    options = {"reader": None, "checksum": None, "url": None, "options": {}} | dataset
    images = datasets.load(
        options["path"],
        split,
        reader=options["reader"],
        checksum=options["checksum"],
        url=options["url"],
        seed=seed,
        **options["options"],
    )
    datasets.save(images, output, seed)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        prepare(snakemake.params.dataset, snakemake.wildcards.split, snakemake.params.seed, snakemake.output[0])
