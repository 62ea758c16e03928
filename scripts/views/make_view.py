"""Make one chunk of a view: the images of the view it starts from, under its transformation."""

import torch
from safetensors.numpy import load_file, save_file

from phiscope import tables
from phiscope.arrays import choose_device
from phiscope.datasets import open_prepared
from phiscope.experiments.denoising.network import Denoiser
from phiscope.experiments.latent import bases
from phiscope.head import Head
from phiscope.models import load_artifact
from phiscope.views import VIEWS, needs_of
from phiscope.views.source import Source
from phiscope.workflow.job import job

OPEN = {
    "pixel_hull": lambda path, device: tables.read(path),
    "training_images": lambda path, device: open_prepared(path),
    "test_images": lambda path, device: open_prepared(path),
    "training_features": lambda path, device: tables.matrix(path, "features"),
    "classifier": lambda path, device: load_artifact(path)[0].to(device),
    "head": lambda path, device: Head.load(path),
    "denoiser": lambda path, device: Denoiser.load(path, device),
    "generator": lambda path, device: load_artifact(path)[0],
    "encoder": lambda path, device: load_artifact(path)[0],
    "bases": lambda path, device: bases.load(path),
}


def make_view(
    kind: str, source: str, needs: dict[str, str], parameters: dict, seed: int, device: str, output: str
) -> None:
    torch.set_num_threads(1)  # chunks are the jobs
    parent = load_file(source)
    opened = {need: OPEN[need](path, choose_device(device)) for need, path in needs.items()}
    made = VIEWS[kind].load()(Source(**parent_arrays(parent), seed=seed), **opened, **parameters)
    save_file({"samples": parent["samples"], "labels": parent["labels"]} | made, output)


def parent_arrays(parent: dict) -> dict:
    """What a view starts from; notes on the parent's images are not about this view's."""
    return {key: parent[key] for key in ("images", "samples", "labels")}


if "snakemake" in globals():
    with job(snakemake.log[0]):
        kind, parameters = snakemake.params.kind, snakemake.params.parameters
        make_view(
            kind,
            snakemake.input.source,
            {need: snakemake.input[need] for need in needs_of({"kind": kind} | parameters)},
            parameters,
            snakemake.params.seed,
            snakemake.config["device"],
            snakemake.output[0],
        )
