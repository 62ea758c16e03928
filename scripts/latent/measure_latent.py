"""What latents say of the test images: LSD by every rule, reconstruction, and classifiers that are not LSD."""

from safetensors.numpy import load_file

from phiscope import tables
from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.latent import bases
from phiscope.experiments.latent.readings import EncodedSet, measure
from phiscope.models.codec import Codec
from phiscope.models.loading import load_network
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def encoded_set(inputs, limits: dict, device: str) -> EncodedSet:
    latents = load_file(inputs.encoded)
    test, train = (unit_range(open_prepared(inputs[s]).images(slice(0, limits[s]))) for s in ("test", "train"))
    return EncodedSet(
        Codec(load_network(inputs.generator), load_network(inputs.classifier), device=device),
        bases.load(inputs.bases),
        test,
        *(latents[f"test/{name}"] for name in ("labels", "samples", "mean", "log_deviation")),
        train,
        *(latents[f"train/{name}"] for name in ("labels", "mean")),
    )


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        params, output, about = snakemake.params, snakemake.output, provenance(snakemake.config)
        encoded = encoded_set(snakemake.input, params.limits, choose_device(snakemake.config["device"]))
        readings, by_trial, spectra = measure(encoded, params.trials, params.seed)
        tables.write_frame(readings, output.readings, about)
        tables.write_frame(by_trial, output.trials, about)
        who = {"setting": snakemake.wildcards.setting, "training": int(snakemake.wildcards.training)}
        tables.write(spectra.assign(view="original", split="test", **who), "spectra", output.spectra, about)
