"""Mean and deviation of the latents of all images, one encoding of each training image, and what that decodes to."""

import torch
from safetensors.numpy import save_file

from phiscope.arrays import choose_device
from phiscope.datasets import open_prepared
from phiscope.latent.sets import label_latents
from phiscope.models import load_artifact
from phiscope.models.codec import Codec, encodings
from phiscope.workflow.job import job

STREAM = 11  # of the one encoding of the training images; trials on test images are numbered from 0 elsewhere


def encode(inputs, limits: dict, seed: int, device: str, threads: int, output: str) -> None:
    torch.set_num_threads(threads)
    generator, classifier, encoder = (load_artifact(inputs[n])[0] for n in ("generator", "classifier", "encoder"))
    codec = Codec(generator, classifier, encoder, choose_device(device))
    arrays = {}
    for split, limit in limits.items():
        prepared, used = open_prepared(inputs[split]), slice(0, limit)
        mean, log_deviation = codec.encode(prepared.images(used))
        arrays |= {f"{split}/mean": mean, f"{split}/log_deviation": log_deviation}
        arrays |= {f"{split}/labels": prepared.labels[used], f"{split}/samples": prepared.samples[used]}
    z = encodings(arrays["train/mean"], arrays["train/log_deviation"], seed, STREAM)
    arrays |= {"train/z": z, "train/decoded_labels": label_latents(z, codec.decode, codec.classify)}
    save_file(arrays, output, metadata={"classes": str(len(open_prepared(inputs["train"]).classes))})


if "snakemake" in globals():
    with job(snakemake.log[0]):
        encode(
            snakemake.input,
            snakemake.params.limits,
            snakemake.params.seed,
            snakemake.config["device"],
            snakemake.threads,
            snakemake.output[0],
        )
