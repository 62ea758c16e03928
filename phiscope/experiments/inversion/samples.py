"""Inversion of samples to their targets: rows of the table `inversions`, and the images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.experiments.inversion import targets
from phiscope.geometry.inversion import invert
from phiscope.models.feature_map import FeatureMap


class Inverted(NamedTuple):
    """columns: of the table, one entry per sample; images (m, channels, h, w): found, or the sample's own."""

    columns: dict[str, NDArray]
    images: NDArray[np.float64]


def invert_samples(
    feature_map: FeatureMap,
    aims: targets.Wanted,
    samples: NDArray[np.int64],
    images: NDArray[np.float64],
    options: Mapping[str, Any],
    *,
    seed: int,
    device: str = "cpu",
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Inverted:
    """Images that map to the targets, each from its own sample; a sample without a target keeps its row and its image.

    samples (m,): their numbers, from which each draws its own noise, whatever stands beside it; images (m, channels,
    h, w) in [0, 1]; options: of `geometry.inversion.invert`.
    """
    has, images = aims.exists, images.copy()
    if not has.any():
        return Inverted(targets.without_target(len(samples)), images)
    inverted = invert(
        feature_map,
        aims.points[has],
        images[has],
        seed=seed,
        streams=samples[has].tolist(),
        device=device,
        report=report,
        **options,
    )
    columns = targets.without_target(len(samples))
    for name, values in targets.columns(inverted, images[has], feature_map).items():
        columns[name] = columns[name].astype(np.result_type(columns[name], values))
        columns[name][has] = values
    images[has] = inverted.image
    return Inverted(columns, images)
