"""What a reader returns: labelled images of one size, or unlabelled images of any sizes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import require_finite
from phiscope.errors import DataError


@dataclass(frozen=True)
class ImageDataset:
    """images (n, channels, height, width), uint8 or float32 in [0, 1]; labels (n,) int64 into `classes`, -1
    where there is none.

    `samples` (n,) are the indices of the images in the split as the data set gives it, from 0. Raises
    DataError where these do not fit together.
    """

    images: NDArray
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    samples: NDArray[np.int64] = field(default=None)  # type: ignore[arg-type]  # filled in below, never None after it

    def __post_init__(self) -> None:
        if self.samples is None:
            object.__setattr__(self, "samples", np.arange(len(self.labels)))
        _require_images(self.images)
        _require_labels(self.labels, len(self.images), len(self.classes))

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, positions: NDArray) -> ImageDataset:
        """The images at these positions, in this order."""
        return ImageDataset(self.images[positions], self.labels[positions], self.classes, self.samples[positions])


@dataclass(frozen=True)
class ImageCollection:
    """Unlabelled images of any sizes, each (channels, height, width) uint8, with their names."""

    images: tuple[NDArray[np.uint8], ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.images)


def _require_images(images: NDArray) -> None:
    if images.ndim != 4 or 0 in images.shape:
        raise DataError(f"images have shape {images.shape}; expected (n, channels, height, width), none of them 0")
    if images.shape[1] not in (1, 3):
        raise DataError(f"images have {images.shape[1]} channels; expected 1 (grey) or 3 (colour)")
    if images.dtype == np.uint8:
        return
    if images.dtype != np.float32:
        raise DataError(f"images are {images.dtype}; expected uint8, or float32 in [0, 1]")
    require_finite(images, "images")
    if images.min() < 0 or images.max() > 1:
        raise DataError(f"float images range from {images.min():g} to {images.max():g}; expected 0 to 1")


def _require_labels(labels: NDArray, images: int, classes: int) -> None:
    if labels.shape != (images,):
        raise DataError(f"{images} images but labels of shape {labels.shape}; expected one label an image")
    if not np.issubdtype(labels.dtype, np.integer):
        raise DataError(f"labels are {labels.dtype}; expected integers")
    outside = np.flatnonzero((labels < -1) | (labels >= classes))
    if len(outside):
        row = int(outside[0])
        raise DataError(f"label {labels[row]} of image {row} is out of range; expected 0 to {classes - 1}")
