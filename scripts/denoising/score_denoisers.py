"""Compare denoisers on one set of images under one noise: a row per image and method, and the first image under all."""

import dataclasses
from functools import partial

import numpy as np
import torch
from safetensors.numpy import save_file

from phiscope import tables
from phiscope.arrays import choose_device
from phiscope.datasets.pictures import pictures, shuffled
from phiscope.denoising import classical
from phiscope.denoising.bench import Pairs, Score, contest, tuned
from phiscope.denoising.corruptions import Noise
from phiscope.experiments.denoising.network import Denoiser
from phiscope.views import NETWORK
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

TUNING_SEED = 1  # added to the run's, so that no method is tuned on the noise it is tested with


def row_of(score: Score, strength: float | None, network: Denoiser | None) -> dict:
    """The columns that one image under one method fills; network: the method, where it is one."""
    return dataclasses.asdict(score.quality) | {
        "method": score.method,
        "strength": strength,
        "training_noise": network.trained_on if network else None,
        "parameters": network.parameters if network else None,
        "seconds": score.seconds,
        "psnr_noisy": score.psnr_noisy,
    }


def shown(methods: dict, pairs: Pairs) -> dict[str, np.ndarray]:
    """The first image, clean and under every method."""
    found = {name: denoise(0, pairs.noisy[0]) for name, denoise in methods.items()}
    return {"clean": pairs.clean[0]} | {name: image.clip(0, 1).astype(np.float32) for name, image in found.items()}


def score(
    tested: Pairs, names: tuple, training: Pairs, methods: list[str], networks: dict[str, Denoiser]
) -> tuple[dict, dict]:
    classical = tuned(methods, training, tested)
    strengths = {name: strength for name, (strength, _) in classical.items()}
    denoise = {name: function for name, (_, function) in classical.items()}
    denoise |= {name: partial(denoised_by, network) for name, network in networks.items()}
    rows = []
    for found in contest(denoise, tested):
        row = row_of(found, strengths.get(found.method), networks.get(found.method))
        rows.append({"image": names[found.place]} | row)
    return {key: [row[key] for row in rows] for key in rows[0]}, shown(denoise, tested)


def denoised_by(network: Denoiser, place: int, noisy: np.ndarray) -> np.ndarray:
    return network.image(noisy)


def available(names: list[str]) -> list[str]:
    """The methods that can run here; the log names the others."""
    absent = classical.absent(names)
    for name in absent:
        print(
            f"{name} is left out: its package is not installed; `pip install {name}` brings it, under its own licence"
        )
    return [name for name in names if name not in absent]


def image_sets(inputs, folder: str | None, bench: dict, training_folder: str | None, limits: list, seed: int) -> tuple:
    """The images to compare on, and those of the denoiser's training that classical methods are tuned on."""
    train_limit, test_limit = limits
    most = min((n for n in (bench["samples"], None if folder else test_limit) if n), default=None)
    tested = pictures(folder, inputs.test, most, "test")
    if training_folder:
        return tested, shuffled(pictures(training_folder, None, None, "train"), seed).images[: bench["tuning"]]
    most = min(n for n in (bench["tuning"], train_limit) if n)
    return tested, pictures(None, inputs[0], most, "train").images


if "snakemake" in globals():
    with job(snakemake.log[0]):
        torch.set_num_threads(1)  # benches are the jobs
        parameters, bench, noise = snakemake.params, snakemake.params.bench, Noise.of(snakemake.params.noise)
        seed, options = parameters.seed, {"clip": bench["clip"]}
        device = choose_device(snakemake.config["device"])
        networks = dict(zip(parameters.others, snakemake.input.others)) | {NETWORK: snakemake.input.denoiser}
        tested, training = image_sets(
            snakemake.input, parameters.folder, bench, parameters.training_folder, parameters.limits, seed
        )
        columns, exhibit = score(
            Pairs.of(tested.images, noise, seed=seed, **options),
            tested.names,
            Pairs.of(training, noise, seed=seed + TUNING_SEED, **options),
            available(bench["methods"]),
            {name: Denoiser.load(path, device) for name, path in networks.items()},
        )
        count = len(columns["image"])
        columns |= tables.constant({"dataset": parameters.dataset, "noise": noise.kind}, count)
        columns |= {"level": [noise.level] * count, "seed": [seed] * count}
        tables.write(columns, "denoising", snakemake.output.table, provenance(snakemake.config))
        save_file(exhibit, snakemake.output.shown)
