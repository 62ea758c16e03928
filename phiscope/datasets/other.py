"""Images of another data set, made to fit a classifier that was not trained on them: out-of-distribution samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import unit_range
from phiscope.datasets import load, load_collection
from phiscope.datasets.fetch import PerFile
from phiscope.datasets.order import stratified_order
from phiscope.datasets.prepared import save_arrays
from phiscope.errors import DataError

IMAGES = "images"  # the reader that takes every image file


def load_other(
    path: str,
    *,
    shape: tuple[int, int, int],
    seed: int,
    reader: str | None = None,
    checksum: PerFile = None,
    url: PerFile = None,
    options: Mapping[str, Any] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Images (m, *shape) float32 in [0, 1], in the data set's order, and the order in which to use them.

    reader `images`: every image file below the path, of any size, without labels; other readers as in
    `phiscope.datasets.load`. ASSUME: the test split, as that is what the classifier's own samples are compared with.
    """
    if reader == IMAGES:
        if options:
            raise DataError(f"datasets: options {dict(options)}: the reader `images` takes none; leave them out")
        images: Sequence[NDArray] | NDArray = load_collection(path, checksum=checksum, url=url).images
        labels = np.zeros(len(images), np.int64)
    else:
        dataset = load(path, "test", reader=reader, checksum=checksum, url=url, alone=True, **(options or {}))
        images, labels = dataset.images, dataset.labels
    return fitted(images, shape), stratified_order(labels, seed)


def fitted(images: Iterable[NDArray], shape: tuple[int, int, int]) -> NDArray[np.float32]:
    """Images, each (1 or 3, height, width), uint8 or float in [0, 1] -> (m, channels, h, w) float32 in [0, 1].

    Grey is repeated over the channels, colour averaged. ASSUME: sizes are changed without keeping the sides' ratio,
    linearly and blurred first where they shrink (skimage's anti-aliasing), so that nothing is cut off.
    """
    return np.stack([_fit(unit_range(image), shape) for image in images])


def _fit(image: NDArray[np.float32], shape: tuple[int, int, int]) -> NDArray[np.float32]:
    if len(image) != shape[0]:
        image = np.broadcast_to(image.mean(axis=0, keepdims=True), (shape[0], *image.shape[1:]))
    if image.shape == shape:
        return image
    from skimage.transform import resize  # deferred: slow to import

    return resize(image, shape, order=1, anti_aliasing=True).clip(0, 1).astype(np.float32)


def save_unlabelled(images: NDArray, order: NDArray[np.int64], path: str | Path, origin: str = "") -> None:
    """Write images in that order as a prepared split with the label -1 throughout and no classes."""
    save_arrays(images[order], np.full(len(order), -1), order, (), path, origin)
