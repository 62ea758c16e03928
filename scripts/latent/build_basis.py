"""Averages of labelled latents, every basis that is made of them, and how far these can be trusted."""

from safetensors import safe_open
from safetensors.numpy import load_file

from phiscope import tables
from phiscope.experiments.latent import bases
from phiscope.experiments.latent.numbers import TrainingLatents, bases_of
from phiscope.latent.sets import LatentSets
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def classes_of(encoded: str) -> int:
    with safe_open(encoded, framework="numpy") as file:
        return int(file.metadata()["classes"])


def drawn_sets(path: str) -> LatentSets:
    drawn = load_file(path)
    short = tuple(map(tuple, drawn["short"].tolist()))
    return LatentSets(drawn["latents"], drawn["labels"], drawn["sets"], short)


if "snakemake" in globals():
    with job(snakemake):
        inputs, params = snakemake.input, snakemake.params
        latents = load_file(inputs.encoded)
        train = TrainingLatents(*(latents[f"train/{name}"] for name in ("z", "labels", "decoded_labels")))
        classes = classes_of(inputs.encoded)
        made, numbers = bases_of(train, drawn_sets(inputs.drawn), params.size, classes, params.seed)
        for label in made.lost:
            print(f"label {label}: no training image is encoded and decoded as it; it has no axis")
        bases.save(made, snakemake.output[0])
        tables.write_frame(numbers, snakemake.output.numbers, provenance(snakemake.config))
