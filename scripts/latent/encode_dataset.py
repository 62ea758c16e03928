"""Mean and deviation of the latents of all images, one encoding of each training image, and what that decodes to."""

from phiscope.arrays import choose_device
from phiscope.datasets import PreparedDataset, open_prepared
from phiscope.experiments.latent.encoding import LabelledImages, encode_splits
from phiscope.files import write_arrays
from phiscope.models.codec import Codec
from phiscope.models.loading import load_network
from phiscope.workflow.job import job


def first(prepared: PreparedDataset, limit: int | None) -> LabelledImages:
    used = slice(0, limit)
    return LabelledImages(prepared.images(used), prepared.labels[used], prepared.samples[used])


if "snakemake" in globals():
    with job(snakemake, snakemake.params.threads):
        inputs, params = snakemake.input, snakemake.params
        networks = (load_network(inputs[name]) for name in ("generator", "classifier", "encoder"))
        codec = Codec(*networks, choose_device(snakemake.config["device"]))
        prepared = {split: open_prepared(inputs[split]) for split in params.limits}
        for split, images in prepared.items():
            images.require_labels(params.limits[split], "latent")
        splits = {split: first(images, params.limits[split]) for split, images in prepared.items()}
        arrays = encode_splits(codec, splits, params.seed)
        write_arrays(arrays, snakemake.output[0], {"classes": str(len(prepared["train"].classes))})
