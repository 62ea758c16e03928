"""The images, densities and inner products that the figures of latent space show."""

from safetensors.numpy import load_file

from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.exhibits.latent_space import BATCH, TRUNCATED, LatentExhibits
from phiscope.experiments.latent import bases
from phiscope.experiments.latent.readings import first_encoding
from phiscope.latent.sets import LatentSets
from phiscope.models.codec import Codec
from phiscope.models.loading import load_network
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def exhibits_of(inputs, basis: str, seed: int, device: str) -> LatentExhibits:
    latents, drawn, made = load_file(inputs.encoded), load_file(inputs.drawn), bases.load(inputs.bases)
    return LatentExhibits(
        Codec(load_network(inputs.generator), load_network(inputs.classifier), device=device),
        made,
        made[basis],
        unit_range(open_prepared(inputs.test).images(slice(0, BATCH + TRUNCATED))),
        latents["test/mean"],
        first_encoding(latents["test/mean"], latents["test/log_deviation"], seed),
        latents["test/labels"],
        latents["train/z"],
        latents["train/decoded_labels"],
        LatentSets(drawn["latents"], drawn["labels"], drawn["sets"], ()),
    )


if "snakemake" in globals():
    with job(snakemake):
        device = choose_device(snakemake.config["device"])
        shown = exhibits_of(snakemake.input, snakemake.params.basis, snakemake.params.seed, device)
        write_frames(shown.frames(), snakemake.output, snakemake.config)
