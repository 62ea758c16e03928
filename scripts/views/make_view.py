"""Make one chunk of a view: the images of the view it starts from, under its transformation."""

from importlib import import_module

from safetensors.numpy import load_file

from phiscope.arrays import choose_device
from phiscope.files import write_arrays
from phiscope.views.source import Source
from phiscope.workflow.chunks import first
from phiscope.workflow.job import job
from phiscope.workflow.opening import Artifact


def make_view(
    maker: dict,
    source: str,
    chunk: str,
    needs: dict[str, str],
    openers: dict,
    parameters: dict,
    seed: int,
    device: str,
    output: str,
) -> None:
    """source: images that begin with those of the chunk.

    maker: module and fixed arguments of the kind; needs: files by name of the artifact, opened as `openers` say.
    """
    parent = first(load_file(source), chunk)
    artifacts = {need: Artifact(*openers[need]) for need in needs}
    # Whether there is a card is torch's to say, which views without a network do not load.
    place = choose_device(device) if any(artifact.placed for artifact in artifacts.values()) else "cpu"
    opened = {need: artifact.open(needs[need], place) for need, artifact in artifacts.items()}
    start = Source(parent["images"], parent["samples"], parent["labels"], seed=seed)
    made = import_module(maker["module"]).make(start, **maker["fixed"], **opened, **parameters)
    write_arrays({"samples": parent["samples"], "labels": parent["labels"]} | made, output)


if "snakemake" in globals():
    with job(snakemake):
        make_view(
            snakemake.params.maker,
            snakemake.input.source,
            snakemake.wildcards.chunk,
            {need: snakemake.input[need] for need in snakemake.params.openers},
            snakemake.params.openers,
            snakemake.params.parameters,
            snakemake.params.seed,
            snakemake.config["device"],
            snakemake.output[0],
        )
