"""Rotations, truncations, the metric between labels, and how linear the generator is."""

from dataclasses import replace

from safetensors.numpy import load_file

from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.latent import bases
from phiscope.experiments.latent.operators import MEAN, PUBLISHED, LatentSpace, measure
from phiscope.experiments.latent.readings import first_encoding
from phiscope.models.codec import Codec
from phiscope.models.loading import load_network
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def spaces_of(inputs, limit: int | None, basis: str, seed: int, device: str) -> tuple[LatentSpace, LatentSpace]:
    """In the basis that the run looks at, of means; and as published."""
    prepared, latents, made = open_prepared(inputs.test), load_file(inputs.encoded), bases.load(inputs.bases)
    networks = (load_network(inputs[name]) for name in ("generator", "classifier", "encoder"))
    own = LatentSpace(
        Codec(*networks, device=device),
        unit_range(prepared.images(slice(0, limit))),
        latents["test/labels"],
        latents["test/samples"],
        latents["test/mean"],
        made[basis],
        made.averages.of_set(1),
        len(prepared.classes),
        {"basis": basis, "encoding": MEAN},
    )
    z = first_encoding(latents["test/mean"], latents["test/log_deviation"], seed)
    return own, replace(own, latents=z, basis=made[PUBLISHED["basis"]], reading=PUBLISHED)


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        params, device = snakemake.params, choose_device(snakemake.config["device"])
        spaces = spaces_of(snakemake.input, params.limit, params.basis, params.seed, device)
        write_frames(measure(*spaces, params.noise, params.seed), snakemake.output, snakemake.config)
