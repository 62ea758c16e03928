"""Targets of feature space for samples, and the rows of `inversions` that say what inverting to them gave.

Between the geometry, which knows arrays only, and the tables: what is asked for every sample (`Wanted`), what came
of it as columns, and the networks' word on it (class, class changes on the way back to the reference).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from phiscope.geometry.inversion import Inversion
from phiscope.geometry.margin import closest_flip
from phiscope.geometry.paths import class_changes, straight
from phiscope.head import Head
from phiscope.models.feature_map import FeatureMap

NO_TARGET = "no_target"
_IMAGES, _NUMBERS = 250, 250 * 3072  # at a time at most, so that larger images take no more memory than those of CIFAR
STEPS = 21  # images on the straight path back to the reference, ends included


@dataclass(frozen=True)
class Wanted:
    """points (m, f), rows of NaN where a sample has no such point; target_class (m,): class that the target stands for,
    beside the sample's own; -1 without a target."""

    points: NDArray[np.float64]
    target_class: NDArray[np.int64]

    @property
    def exists(self) -> NDArray[np.bool_]:
        return np.asarray(np.isfinite(self.points).all(axis=1))


def flip_targets(features: NDArray, head: Head) -> Wanted:
    """The closest flip point of each sample, (9); its class is that on the other side of the boundary."""
    closest = closest_flip(features.astype(np.float64), head, lower_bound=head.lower_bound)
    return Wanted(closest.point, closest.other_class)


def hull_targets(hulls: pd.DataFrame, training: NDArray, numbers: NDArray, head: Head) -> Wanted:
    """The projection onto the hull in feature space, (21), put together from its support.

    hulls: rows of the table in the samples' order, without a support where a sample was not projected; training
    (n, f) features of the training samples `numbers` (n,).
    """
    place = pd.Series(np.arange(len(numbers)), index=numbers)
    points = np.full((len(hulls), training.shape[1]), np.nan)
    for row, (index, weight) in enumerate(zip(hulls["support_index"], hulls["support_weight"])):
        if np.ndim(index):  # a sample that was not projected has no support
            points[row] = weight @ training[place.loc[index].to_numpy()].astype(np.float64)
    exists = np.isfinite(points).all(axis=1)
    return Wanted(points, np.where(exists, head.classify(np.nan_to_num(points)), -1))


def columns(inverted: Inversion, references: NDArray, feature_map: FeatureMap) -> dict[str, NDArray]:
    """What the table says of each inversion beside its sample: residuals, distances, classes, status."""
    predicted = classes(feature_map.double(), inverted.image)
    return {
        "feature_residual": inverted.residual,
        "target_norm": inverted.scale,
        "pixel_distance": inverted.distance,
        "predicted": predicted,
        "class_changes": changes_to(feature_map, inverted.image, references, predicted),
        "iterations": inverted.jacobians,
        "status": inverted.status,
    }


def without_target(count: int) -> dict[str, Any]:
    """The same columns for samples that have no target."""
    numbers = ("feature_residual", "target_norm", "pixel_distance")
    empty = {name: np.full(count, np.nan) for name in numbers}
    empty |= {name: np.full(count, -1) for name in ("predicted", "class_changes")}
    return empty | {"iterations": np.zeros(count, dtype=np.int64), "status": np.full(count, NO_TARGET)}


def classes(feature_map: FeatureMap, images: NDArray) -> NDArray[np.int64]:
    """Predicted class of images (m, channels, h, w)."""
    return feature_map.logits(features(feature_map, images)).argmax(1).numpy()


def features(feature_map: FeatureMap, images: NDArray) -> torch.Tensor:
    """Features (m, f) in the precision of the network."""
    pixels = torch.from_numpy(np.ascontiguousarray(images))
    batch = max(1, min(_IMAGES, _NUMBERS // max(math.prod(images.shape[1:]), 1)))
    with torch.inference_mode():
        parts = [feature_map(part.to(feature_map.example)).cpu() for part in pixels.split(batch)]
    return torch.cat(parts)


def changes_to(feature_map: FeatureMap, images: NDArray, references: NDArray, predicted: NDArray) -> NDArray[np.int64]:
    """How often the class changes on the straight path from each image to its reference: constraint (19).

    predicted (m,): classes of the images themselves. At a flip point two logits are equal but for rounding, so that
    classifying the image again among others could give the other class.
    """
    paths = [straight(image, reference, STEPS)[1:] for image, reference in zip(images, references)]
    along = [[own, *classes(feature_map, path)] for own, path in zip(predicted, paths)]
    return class_changes(np.stack(along)) if along else np.empty(0, dtype=np.int64)


def straight_path(
    feature_map: FeatureMap, start: NDArray, end: NDArray, count: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Features (count, f) in float64 and classes (count,) along the straight path of pixels between two images."""
    exact = feature_map.double()
    path = features(exact, straight(start, end, count))
    return path.numpy(), exact.logits(path).argmax(1).numpy()


def reference_image(name: str, shape: Sequence[int], images: Mapping[str, Any]) -> NDArray[np.float64]:
    """`black`, `white`, `grey`, or `train:<sample>` and `test:<sample>` of `images`, as (channels, h, w) in [0, 1]."""
    plain = {"black": 0.0, "grey": 0.5, "white": 1.0}
    if name in plain:
        return np.full(shape, plain[name])
    split, _, number = name.partition(":")
    return images[split][int(number)].astype(np.float64)
