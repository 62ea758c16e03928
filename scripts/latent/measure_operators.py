"""Rotations, truncations, the metric between labels, and how linear the generator is."""

from safetensors.numpy import load_file

from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.latent import bases
from phiscope.experiments.latent.operators import LatentSpace, measure
from phiscope.models.codec import Codec
from phiscope.models.loading import load_network
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def space_of(inputs, limit: int | None, basis: str, device: str) -> LatentSpace:
    prepared, latents, made = open_prepared(inputs.test), load_file(inputs.encoded), bases.load(inputs.bases)
    networks = (load_network(inputs[name]) for name in ("generator", "classifier", "encoder"))
    return LatentSpace(
        Codec(*networks, device=device),
        unit_range(prepared.images(slice(0, limit))),
        latents["test/labels"],
        latents["test/samples"],
        latents["test/mean"],
        made[basis],
        made.averages.of_set(1),
        len(prepared.classes),
    )


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        params = snakemake.params
        space = space_of(snakemake.input, params.limit, params.basis, choose_device(snakemake.config["device"]))
        write_frames(measure(space, params.noise, params.seed), snakemake.output, snakemake.config)
