"""Draw one chunk of images as functions of position, in every setting, and keep the pictures that figures show."""

import json

import numpy as np
import pandas as pd
import torch
from safetensors import safe_open
from safetensors.numpy import save_file

from phiscope import tables
from phiscope.arrays import choose_device, eight_bit
from phiscope.experiments.implicit.fits import COLUMNS, Drawn, Options, draw, mean_magnitudes
from phiscope.experiments.implicit.settings import expand
from phiscope.implicit.fit import Schedule
from phiscope.implicit.networks import Network
from phiscope.workflow import chunks
from phiscope.workflow.job import job, progress_bar
from phiscope.workflow.provenance import provenance


def read_images(path: str) -> dict[str, np.ndarray]:
    """Every image by name, in order."""
    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name) for name in json.loads(file.metadata()["names"])}


def options_of(implicit: dict, seed: int, device: str) -> Options:
    network, schedule = implicit["network"], implicit["schedule"]
    return Options(
        network=Network(width=network["width"], depth=network["depth"]),
        schedule=Schedule(schedule["steps"], schedule["learning_rate"], schedule["decay"]),
        seeds=tuple(1000 * seed + number for number in range(implicit["seeds"])),
        training=implicit["training_pixels"],
        seed=seed,
        precision=schedule["precision"],
        device=choose_device(device),
    )


def is_shown(drawn: Drawn, implicit: dict, options: Options) -> bool:
    """Whether figures may show it: the image that the config names, first seed."""
    row = drawn.row
    return drawn.image is not None and row["image"] == implicit["picture"] and row["seed"] == options.seeds[0]


def main(path: str, part: slice, implicit: dict, config: dict, output) -> None:
    torch.set_num_threads(1)  # chunks are the jobs
    images = read_images(path)
    options = options_of(implicit, config["seed"], config["device"])
    settings = expand(implicit["fits"], implicit["schedule"]["learning_rate"])
    chosen = {name: images[name] for name in list(images)[part]}
    means = mean_magnitudes(images) if any(setting.spectrum == "mean" for setting in settings) else {}
    rows, pictures = [], {}
    for drawn in draw(chosen, settings, options, means=means, report=progress_bar("Draw")):
        rows.append(drawn.row)
        if is_shown(drawn, implicit, options):
            pictures[drawn.setting.name] = eight_bit(np.nan_to_num(drawn.image))
    if implicit["picture"] in chosen:
        pictures["original"] = chosen[implicit["picture"]].astype(np.float32)
    save_file({name: np.ascontiguousarray(picture) for name, picture in pictures.items()}, output.pictures)
    tables.write(pd.DataFrame(rows, columns=list(COLUMNS)), "implicit", output.table, provenance(config))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.images,
            chunks.span(snakemake.wildcards.chunk),
            snakemake.params.options,
            snakemake.config,
            snakemake.output,
        )
