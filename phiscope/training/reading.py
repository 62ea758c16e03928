"""Images of a split for a training: held in memory where they are few, else read for each batch by their index."""

from __future__ import annotations

import hashlib
import math
from typing import overload

import numpy as np
import torch
from torch import Tensor

from phiscope.datasets import PreparedDataset

MOST_HELD = 2**31  # bytes of images that are held: 14,000 of 224 pixels in colour and 8 bits, 700,000 of 32


class ImagesAsAsked:
    """The images of a prepared split at some positions, as a tensor (n, channels, h, w) that is decoded when indexed.

    Every batch is read anew, some 2 ms of one core for an image of 224 pixels, so that memory does not grow with n.
    """

    def __init__(self, prepared: PreparedDataset, rows: range) -> None:
        self.prepared, self.rows = prepared, rows

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, ...]:
        return len(self), *self.prepared.shape

    @overload
    def __getitem__(self, which: slice) -> ImagesAsAsked: ...

    @overload
    def __getitem__(self, which: Tensor) -> Tensor: ...

    def __getitem__(self, which: slice | Tensor) -> ImagesAsAsked | Tensor:
        """A range stays on disk; images at positions (b,) are read: (b, channels, h, w)."""
        if isinstance(which, slice):
            return ImagesAsAsked(self.prepared, self.rows[which])
        return torch.from_numpy(self.prepared.images_at(np.asarray(self.rows)[which.numpy()]))


def contents(images: Tensor | ImagesAsAsked) -> Tensor:
    """What changes with the images: themselves, or a digest of their split, which knows sizes and times of files."""
    if isinstance(images, Tensor):
        return images
    with images.prepared.path.open("rb") as file:
        return torch.frombuffer(bytearray(hashlib.file_digest(file, "sha256").digest()), dtype=torch.uint8)


def images_of(prepared: PreparedDataset, limit: int | None = None) -> Tensor | ImagesAsAsked:
    """The first images of a split, all for None."""
    rows = range(len(prepared))[slice(0, limit)]
    if prepared.is_index and len(rows) * math.prod(prepared.shape) * prepared.bytes_of_a_value > MOST_HELD:
        return ImagesAsAsked(prepared, rows)
    return torch.from_numpy(prepared.images(slice(0, limit)))
