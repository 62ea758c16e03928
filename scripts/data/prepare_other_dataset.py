"""Read another data set's test images and write them once, fitted to the classifier's input, in stratified order."""

from phiscope import datasets
from phiscope.datasets.other import load_other, save_unlabelled
from phiscope.workflow.job import job


def prepare(dataset: dict, like: str, seed: int, origin: str, output: str) -> None:
    images, order = load_other(**dataset, shape=datasets.open_prepared(like).shape, seed=seed)
    save_unlabelled(images, order, output, origin)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        parameters = snakemake.params
        prepare(parameters.dataset, snakemake.input.like, parameters.seed, parameters.origin, snakemake.output[0])
