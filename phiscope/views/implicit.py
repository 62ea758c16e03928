"""Images drawn again by a network of their own, as a function of position behind an encoding: f = h∘g."""

from __future__ import annotations

import inspect

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import generator
from phiscope.implicit.encodings import ENCODINGS, encode
from phiscope.implicit.fit import Schedule, fit
from phiscope.implicit.networks import Network
from phiscope.implicit.waves import positions
from phiscope.views.source import Source


def make(
    source: Source,
    *,
    encoding: str,
    k: int | None = None,
    sigma: float | None = None,
    width: int = 32,
    depth: int = 4,
    steps: int = 300,
    learning_rate: float = 0.01,
    precision: str = "float32",
) -> dict[str, NDArray]:
    """(m, channels, h, w) -> the same shape, float32 in [0, 1], and `psnr` (m,) in dB, before cutting to [0, 1].

    encoding, k, sigma: of `phiscope.implicit.encodings`; all pixels are fitted. The encoding is one for all images, the
    first weights are drawn from the run's seed and the sample's number. Small networks are fitted many at a time.
    """
    count, channels, height, width_of_image = source.images.shape
    size = (height, width_of_image)
    arguments = {key: value for key, value in (("k", k), ("sigma", sigma)) if value is not None}
    if "seed" in inspect.signature(ENCODINGS[encoding]).parameters:
        arguments["seed"] = source.seed
    features = encode(encoding, size, **arguments)(positions(size)).astype(np.float32)
    fits = fit(
        features,
        source.pixels.reshape(count, channels, -1).transpose(0, 2, 1),
        Network(width=width, depth=depth),
        Schedule(steps, learning_rate, "cosine"),
        seeds=[int(generator(source.seed, sample).integers(2**31)) for sample in source.samples],
        precision=precision,
    )
    images = fits.prediction.transpose(0, 2, 1).reshape(source.images.shape)
    return {"images": images.clip(0, 1).astype(np.float32), "psnr": fits.psnr_train}
