"""Inversion of samples to their targets: rows of the table `inversions`, and the images."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.experiments.inversion import targets
from phiscope.geometry.inversion import invert
from phiscope.geometry.reach import features_in_reach
from phiscope.models.classifier import Normalised
from phiscope.models.feature_map import FeatureMap

NO_IMAGE = "no_image"


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
    device: str | None = None,
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
    without = proven_without_image(feature_map, aims.points, images.shape[1:], options.get("tolerance", 0.0))
    columns["status"] = np.where((columns["status"] == "unreached") & without, NO_IMAGE, columns["status"])
    return Inverted(columns, images)


def proven_without_image(
    feature_map: FeatureMap, points: NDArray, shape: tuple[int, ...], tolerance: float
) -> NDArray[np.bool_]:
    """Whether it is proven that no image in [0, 1] maps to each point (m, f), nor to one within the tolerance of it.

    By `geometry.reach`: a coordinate lies outside of what that feature can be over all images. Where a layer of the
    network is not known to it, nothing is proven.
    """
    network, _, layer = feature_map.layer.partition(".")
    if not isinstance(feature_map.network, Normalised) or network != "network":
        return np.zeros(len(points), bool)
    mean, deviation = (part.double().cpu() for part in (feature_map.network.mean, feature_map.network.deviation))
    own = copy.deepcopy(feature_map.network.network).cpu()
    bounds = features_in_reach(own, layer, shape, lambda pixels: (pixels - mean) / deviation)
    if bounds is None:
        return np.zeros(len(points), bool)
    lower, upper = bounds.lower.numpy(), bounds.upper.numpy()
    outside = np.maximum(lower - points, points - upper).max(axis=1)
    return np.asarray(outside > tolerance * np.linalg.norm(points, axis=1))
