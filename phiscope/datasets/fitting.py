"""Images of any size and number of channels, made to fit a classifier's input."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import unit_range


def fitted(images: Iterable[NDArray], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Images, each (1 or 3, height, width), uint8 or float in [0, 1] -> (m, channels, h, w) float32 in [0, 1].

    Grey is repeated over the channels, colour averaged. ASSUME: sizes are changed without keeping the sides' ratio,
    linearly and blurred first where they shrink (skimage's anti-aliasing), so that nothing is cut off.
    """
    made = [fit(image, shape) for image in images]
    return np.stack(made) if made else np.empty((0, *shape), np.float32)


def fit(image: NDArray, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """One image (1 or 3, height, width) -> `shape`, as `fitted`."""
    image = unit_range(image)
    if len(image) != shape[0]:
        image = np.broadcast_to(image.mean(axis=0, keepdims=True), (shape[0], *image.shape[1:]))
    if image.shape == shape:
        return image
    from skimage.transform import resize  # deferred: slow to import

    return resize(image, shape, order=1, anti_aliasing=True).clip(0, 1).astype(np.float32)
