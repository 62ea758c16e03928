"""How large the perturbations of an attack are whose configuration does not say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from phiscope.datasets.prepared import PreparedDataset


def default_epsilon(norm: str, deviation: float, values: int) -> float:
    """The largest perturbation, for pixels in [0, 1], in the norm `linf` or `l2`.

    deviation: standard deviation of the training images' pixels; values: numbers in an image.
    ASSUME: an eighth of the deviation for linf, and 1/28 of the deviation times √values for l2. For CIFAR-10 (deviation
    0.251) that is 0.0314 and 0.497, where 8/255 and 0.5 are in common use; images of less contrast get less.
    """
    return deviation / 8 if norm == "linf" else deviation * math.sqrt(values) / 28


def with_epsilon(view: Mapping[str, Any], training_images: PreparedDataset) -> Mapping[str, Any]:
    """A view of the configuration, with the epsilon that it takes where it is one of a norm and gives none."""
    if "norm" not in view or view.get("epsilon") is not None:
        return view
    size = math.prod(training_images.shape)
    return dict(view) | {"epsilon": default_epsilon(view["norm"], training_images.deviation, size)}
