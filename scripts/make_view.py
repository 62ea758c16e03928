"""Make one chunk of a view: the images of the view it starts from, under its transformation."""

from safetensors.numpy import load_file, save_file

from phiscope import tables
from phiscope.datasets import open_prepared
from phiscope.views import VIEWS
from phiscope.workflow.job import job

OPEN = {"pixel_hull": tables.read, "training_images": open_prepared}


def make_view(kind: str, source: str, needs: dict[str, str], parameters: dict, output: str) -> None:
    parent = load_file(source)
    opened = {need: OPEN[need](path) for need, path in needs.items()}
    images = VIEWS[kind].load()(parent["images"], **opened, **parameters)
    save_file(parent | {"images": images}, output)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        make_view(
            snakemake.params.kind,
            snakemake.input.source,
            {need: snakemake.input[need] for need in VIEWS[snakemake.params.kind].needs},
            snakemake.params.parameters,
            snakemake.output[0],
        )
