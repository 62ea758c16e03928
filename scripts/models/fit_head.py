"""The head of a run on vectors: from a file, from logits or fitted, kept as a network that is nothing else."""

from phiscope.datasets import open_prepared
from phiscope.experiments.models.given_heads import head_of
from phiscope.models import build, save_artifact
from phiscope.models.vectors import description
from phiscope.workflow.job import job, tell


def main(inputs, weights: dict | None, asked: str | None, validation: float, limits: dict, output: str) -> None:
    splits = {split: open_prepared(inputs[split]) for split in ("train", "test")}
    affine, about, sentence = head_of(splits, weights, asked, validation, limits)
    described = description(affine, **about)
    network = build(**{key: described[key] for key in ("factory", "arguments", "normalise")}, where="classifier")
    affine.fill(network.network)
    save_artifact(network, described, output)
    tell(sentence)


if "snakemake" in globals():
    with job(snakemake):
        params = snakemake.params
        main(snakemake.input, params.weights, params.asked, params.validation, params.limits, snakemake.output[0])
