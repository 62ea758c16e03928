"""Denoise a folder of the user's images, of any size, grey or colour: PNGs, and a table of what was done."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from phiscope import tables
from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import load_collection
from phiscope.denoising import classical
from phiscope.denoising.corruptions import Noise
from phiscope.denoising.level import estimate_level
from phiscope.denoising.tiling import denoise_tiled
from phiscope.experiments.denoising.network import Denoiser
from phiscope.views import NETWORK
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def method_of(options: dict, denoiser: str | None, device: str) -> tuple[Callable, dict]:
    """A function of (image, level) that denoises, and what the table says of it."""
    tiles = {key: options[key] for key in ("tile", "overlap") if key in options}
    if options["method"] == NETWORK:
        network = Denoiser.load(denoiser, device)
        return lambda image, level: network.image(image, **tiles), {"training_noise": network.trained_on, "noise": None}
    kind = options.get("noise", "gaussian")

    def denoise(image: np.ndarray, level: float) -> np.ndarray:
        def part(tile: np.ndarray) -> np.ndarray:
            return classical.denoise(options["method"], [tile], None, Noise(kind, level))[0]

        return denoise_tiled(part, image, **({"tile": 512, "overlap": 64} | tiles))

    return denoise, {"training_noise": None, "noise": kind}


def write_png(image: np.ndarray, path: Path) -> None:
    """An image (channels, h, w) in [0, 1] with 8 bits a channel."""
    pixels = np.rint(image.clip(0, 1) * 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)).save(path)


def denoise_folder(options: dict, denoiser: str | None, device: str, folder: Path) -> dict:
    denoise, about = method_of(options, denoiser, device)
    found = load_collection(options["path"])
    rows = []
    for name, image in zip(found.names, found.images):
        pixels, started = unit_range(image), time.perf_counter()
        estimated = estimate_level(pixels)
        level = options.get("level") or estimated
        clean = denoise(pixels, level).clip(0, 1)
        # The suffix stays in the name, so that a.jpg and a.tif do not meet.
        write_png(clean, folder / f"{name}.png")
        rows.append(
            {
                **about,
                "file": name,
                "output": f"{name}.png",
                **dict(zip(("channels", "height", "width"), pixels.shape)),
                "method": options["method"],
                "level": None if about["noise"] is None else level,
                "level_estimated": estimated,
                "change": float(np.sqrt(np.square(clean - pixels).mean())),
                "seconds": time.perf_counter() - started,
            }
        )
    return {key: [row[key] for row in rows] for key in rows[0]}


if "snakemake" in globals():
    with job(snakemake.log[0]):
        torch.set_num_threads(snakemake.threads)
        columns = denoise_folder(
            snakemake.params.options,
            snakemake.input.get("denoiser"),
            choose_device(snakemake.config["device"]),
            Path(snakemake.output.images),
        )
        tables.write(columns, "denoised", snakemake.output.table, provenance(snakemake.config))
