"""The closest image on the decision boundary for samples: starts from attacks and training images, rows, images."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from phiscope.arrays import as_vectors, blocks, device_of, unit_range
from phiscope.experiments.inversion.samples import Inverted
from phiscope.geometry.boundary import closest_image

_VALUES = 2**24  # of training images at a time, in float32
TRAINING = "training"  # the start that is the nearest training image of another class


def nearest_of_another_class(
    images: NDArray, own: NDArray, training: Callable[[slice], NDArray], predicted: NDArray
) -> NDArray[np.float32]:
    """For each image (m, channels, h, w) the nearest training image that the network gives another class, in pixels.

    own (m,): classes the network gives the images; predicted (n,): of the training images, which training(rows) reads.
    Rows of NaN where all training images have the class of the image.
    """
    queries = as_vectors(images)
    least, place = np.full(len(images), np.inf, np.float32), np.full(len(images), -1)
    for rows in blocks(len(predicted), max(1, _VALUES // queries.shape[1])):
        vectors = as_vectors(training(rows))
        squared = np.square(vectors).sum(1) - 2 * queries @ vectors.T  # less the query's own square
        squared[own[:, None] == predicted[rows][None]] = np.inf
        nearest = squared.argmin(1)
        away = squared[np.arange(len(images)), nearest]
        nearer = away < least
        least[nearer], place[nearer] = away[nearer], nearest[nearer] + rows.start
    found = np.full(images.shape, np.nan, np.float32)
    for k, row in enumerate(place):
        if row >= 0:
            found[k] = unit_range(training(slice(row, row + 1)))[0]
    return found


def find_closest(
    network: nn.Module,
    images: NDArray,
    starts: Mapping[str, NDArray],
    *,
    device: str | None = None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Inverted:
    """Columns of the table `closest_images` that the search knows, and the images: see `geometry.boundary`.

    images (m, channels, h, w); starts: name -> images of the same shape, rows of NaN for none.
    """
    found = closest_image(network, images, starts=starts, device=device, report=report)
    columns = {
        "own": found.own,
        "other_class": found.other,
        "pixel_distance": found.distance,
        "largest_change": np.where(
            found.status == "not_found", np.nan, np.abs(found.image - unit_range(images)).max(axis=(1, 2, 3))
        ),
        "logit_difference": found.difference,
        "third_behind": found.behind,
        "kkt_residual": found.residual,
        "pieces": found.pieces,
        "start": found.start,
        "gradients": found.gradients,
        "status": found.status,
    }
    return Inverted(columns, found.image)


def classes_of(network: nn.Module, images: NDArray, batch: int = 250) -> NDArray[np.int64]:
    """Classes (m,) the network gives images."""
    device = device_of(network)
    with torch.inference_mode():
        parts = [
            network(torch.from_numpy(unit_range(images[rows])).to(device)).argmax(1).cpu().numpy()
            for rows in blocks(len(images), batch)
        ]
    return np.concatenate(parts)
