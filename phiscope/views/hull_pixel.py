"""Projections onto the convex hull of the training images in pixel space, as images: equation (21)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.arrays import unit_range
from phiscope.datasets import PreparedDataset
from phiscope.views.source import Source


def make(source: Source, *, pixel_hull: pd.DataFrame, training_images: PreparedDataset) -> dict[str, NDArray]:
    """αD for each image: (m, channels, h, w) -> (m, channels, h, w) float32 in [0, 1].

    pixel_hull: rows of `hulls` in pixel space, in the order of the images, and maybe more; its support names training
    samples.
    """
    pixel_hull = pixel_hull.iloc[: len(source.images)]
    position = pd.Series(np.arange(len(training_images)), index=training_images.samples)
    used = np.unique(np.concatenate(pixel_hull["support_index"].to_numpy()))
    rows = position.loc[used].to_numpy()
    support = {sample: unit_range(training_images.images(slice(row, row + 1)))[0] for sample, row in zip(used, rows)}
    projected = np.empty(source.images.shape, dtype=np.float32)
    for target, indices, weights in zip(projected, pixel_hull["support_index"], pixel_hull["support_weight"]):
        target[:] = sum(weight * support[index].astype(np.float64) for index, weight in zip(indices, weights))
    return {"images": projected.clip(0, 1)}
