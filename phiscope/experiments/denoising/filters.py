"""How far responses of filter banks can be turned back into images, and what each layer of a denoiser sees."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import nn

from phiscope.denoising.invertibility import recoveries
from phiscope.experiments.denoising.network import layer_table

IMAGES, SIDE = 4, 32  # of how many test images the middle is turned back, and how large that is at most
COLUMNS = ("name", "kernel", "stride", "padding", "upsample", "size", "receptive_field", "step")


def measure(images: NDArray[np.float32], network: nn.Module, side: int | None, seed: int) -> dict[str, pd.DataFrame]:
    """The frames `filter_inversion` and `denoiser_layers`.

    images (m, channels, h, w) in [0, 1]; network: the denoiser; side: of its input, None for that of an image.
    """
    rows = [asdict(recovery) for recovery in recoveries(middles(images[:IMAGES]), seed=seed)]
    layers = layer_table(network, side or images.shape[2])
    return {"filter_inversion": pd.DataFrame(rows), "denoiser_layers": pd.DataFrame(layers, columns=COLUMNS)}


def middles(images: NDArray[np.float32]) -> NDArray[np.float64]:
    """(m, h, w) the middles of images (m, channels, h, w), grey: colours are averaged."""
    grey = images.mean(axis=1, dtype=np.float64)
    top, left = (max(side - SIDE, 0) // 2 for side in grey.shape[1:])
    return grey[:, top : top + SIDE, left : left + SIDE]
