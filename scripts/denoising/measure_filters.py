"""How far responses of filter banks can be turned back into images, and what each layer of the denoiser sees."""

from dataclasses import asdict

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from phiscope.arrays import unit_range
from phiscope.datasets import open_prepared
from phiscope.denoising.invertibility import recoveries
from phiscope.experiments.denoising.network import layer_table
from phiscope.models import load_artifact
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

IMAGES, SIDE = 4, 32  # of how many test images the middle is turned back, and how large that is at most
COLUMNS = ("name", "kernel", "stride", "padding", "upsample", "size", "receptive_field", "step")


def middles(test: str) -> NDArray[np.float64]:
    """(m, h, w) the middles of the first test images, grey: colours are averaged."""
    images = unit_range(open_prepared(test).images(slice(0, IMAGES))).mean(axis=1, dtype=np.float64)
    top, left = (max(side - SIDE, 0) // 2 for side in images.shape[1:])
    return images[:, top : top + SIDE, left : left + SIDE]


def measure(denoiser: str, test: str, side: int | None, seed: int) -> dict[str, pd.DataFrame]:
    """The frames `filter_inversion` and `denoiser_layers`; side: of the denoiser's input, None for that of an image."""
    images = middles(test)
    side = side or open_prepared(test).images(slice(0, 1)).shape[2]
    return {
        "filter_inversion": pd.DataFrame([asdict(found) for found in recoveries(images, seed=seed)]),
        "denoiser_layers": pd.DataFrame(layer_table(load_artifact(denoiser)[0].network, side), columns=COLUMNS),
    }


if "snakemake" in globals():
    with job(snakemake.log[0]):
        torch.set_num_threads(1)
        inputs, params = snakemake.input, snakemake.params
        frames = measure(inputs.denoiser, inputs.test, params.side, params.seed)
        write_frames(frames, snakemake.output, snakemake.config)
