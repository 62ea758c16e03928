"""What inverting costs with one network: a few backward rows of a Jacobian, timed, and the rest extrapolated."""

from __future__ import annotations

import torch
from torch import Tensor

from phiscope.errors import DataError
from phiscope.experiments.inversion.budget import SearchCost
from phiscope.experiments.timing import timed
from phiscope.geometry.inversion import relaxed, repeated
from phiscope.geometry.inversion.memory import Batch, batch_that_fits, footprint
from phiscope.models.feature_map import FeatureMap

ROWS = 8


def measure(feature_map: FeatureMap, images: Tensor, memory: float) -> SearchCost:
    """From images (m, channels, h, w), as many of which make a batch as `memory` bytes allow; m of 16 is enough.

    Where the memory does not do for one image, nothing is timed and all seconds are 0.
    """
    each = footprint(feature_map, images[:1])
    least, many = float(each.needed(Batch(1, 1))), each.many
    try:
        fits = batch_that_fits(each, memory)
    except DataError:
        return SearchCost(0.0, 0.0, 0.0, 0, least, 0.0, memory, many)
    batch = min(fits.images, len(images))
    jacobian = _jacobian_seconds(feature_map, images[:batch])
    forward = timed(lambda: feature_map(images[:1]), images.device)
    alone = _jacobian_seconds(feature_map, images[:1])
    return SearchCost(jacobian / batch, alone, forward, batch, least, float(each.needed(fits)), memory, many)


def _jacobian_seconds(feature_map: FeatureMap, images: Tensor) -> float:
    """Of a whole Jacobian: the forward pass, and backward ones, a few for as many as there are features.

    As the search computes them: a batch of rows of one image, or one row of all images at a time.
    """
    with torch.inference_mode():
        count = feature_map(images[:1]).shape[1]
    batches = repeated.suits(feature_map, images[:1])
    most = min(repeated.ROWS if batches else ROWS, count)

    def rows(number: int) -> float:
        if batches:
            softness = images.new_zeros(len(images))
            return timed(lambda: repeated.jacobian(feature_map, images, softness, number), images.device)
        return timed(lambda: relaxed.first_rows(feature_map, images, number), images.device)

    rows(1)  # what is set up once does not count
    forward = rows(0)
    return forward + max(rows(most) - forward, 0.0) / most * count
