"""Read one split of the data set, check it, and write it once in stratified order."""

from phiscope import datasets
from phiscope.workflow.job import job, tell


def prepare(dataset: dict, split: str, seed: int, origin: str, output: str) -> None:
    options = {"reader": None, "checksum": None, "url": None, "options": {}} | dataset
    images = datasets.load(
        options["path"],
        split,
        reader=options["reader"],
        checksum=options["checksum"],
        url=options["url"],
        seed=seed,
        say=tell,
        **options["options"],
    )
    datasets.save(images, output, seed, origin)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        parameters = snakemake.params
        prepare(parameters.dataset, snakemake.wildcards.split, parameters.seed, parameters.origin, snakemake.output[0])
