"""Compare denoisers on one set of images under one noise: a row per image and method, and the first image under all."""

from phiscope import tables
from phiscope.arrays import choose_device
from phiscope.datasets.pictures import pictures, shuffled
from phiscope.denoising import classical
from phiscope.denoising.corruptions import Noise
from phiscope.experiments.denoising.bench import compare_denoisers
from phiscope.experiments.denoising.network import Denoiser
from phiscope.files import write_arrays
from phiscope.views import NETWORK
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


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
    return tested, pictures(None, inputs.training, most, "train").images


if "snakemake" in globals():
    with job(snakemake):
        inputs, params, bench, noise = snakemake.input, snakemake.params, snakemake.params.bench, snakemake.params.noise
        device, seed, noise = choose_device(snakemake.config["device"]), params.seed, Noise.of(noise)
        files = dict(zip(params.others, inputs.others)) | {NETWORK: inputs.denoiser}
        networks = {name: Denoiser.load(path, device) for name, path in files.items()}
        tested, training = image_sets(inputs, params.folder, bench, params.training_folder, params.limits, seed)
        methods, options = available(bench["methods"]), {"seed": seed, "clip": bench["clip"]}
        columns, shown = compare_denoisers(tested.images, tested.names, training, noise, methods, networks, **options)
        count = len(columns["image"])
        columns |= tables.constant({"dataset": params.dataset, "noise": noise.kind}, count)
        columns |= {"level": [noise.level] * count, "seed": [seed] * count}
        tables.write(columns, "denoising", snakemake.output.table, provenance(snakemake.config))
        write_arrays(shown, snakemake.output.shown)
