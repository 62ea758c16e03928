"""Batches of images, shuffled and augmented by numbers that depend on seed and epoch only."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import IterableDataset

from phiscope.training.reading import ImagesAsAsked


class Batches(IterableDataset):
    """Yields (pixels (b, c, h, w) float32 in [0, 1], labels (b,)), in order; the last batch may be smaller."""

    def __init__(self, images: Tensor | ImagesAsAsked, labels: Tensor, batch_size: int) -> None:
        super().__init__()
        self.images, self.labels, self.batch_size = images, labels, batch_size

    def __len__(self) -> int:
        return -(-len(self.labels) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for index in torch.arange(len(self.labels)).split(self.batch_size):
            yield _pixels(self.images[index]), self.labels[index]


class AugmentedBatches(Batches):
    """Shuffled every epoch; each image shifted by up to `shift` pixels and, where `flip`, mirrored at random.

    `epoch` is set from outside, so that a resumed training draws what an unbroken one would have drawn.
    """

    def __init__(
        self, images: Tensor | ImagesAsAsked, labels: Tensor, batch_size: int, *, shift: int, flip: bool, seed: int
    ) -> None:
        super().__init__(images, labels, batch_size)
        self.shift, self.flip, self.seed, self.epoch = shift, flip, seed, 0

    def __len__(self) -> int:  # the incomplete batch is left out: batch norm wants batches of one size
        return max(len(self.labels) // self.batch_size, 1)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        random = torch.Generator().manual_seed(self.seed * 100_003 + self.epoch)
        order = torch.randperm(len(self.labels), generator=random)
        for index in order.split(self.batch_size)[: len(self)]:
            yield _pixels(self._cropped(index, random)), self.labels[index]

    def _cropped(self, index: Tensor, random: torch.Generator) -> Tensor:
        height, width = self.images.shape[2:]
        offsets = torch.randint(2 * self.shift + 1, (2, len(index), 1), generator=random)
        rows, columns = offsets[0] + torch.arange(height), offsets[1] + torch.arange(width)
        if self.flip:
            mirrored = torch.rand(len(index), 1, generator=random) < 0.5
            columns = torch.where(mirrored, columns.flip(1), columns)
        channels = torch.arange(self.images.shape[1]).view(1, -1, 1, 1)
        padded = functional.pad(self.images[index], (self.shift,) * 4)
        which = torch.arange(len(index)).view(-1, 1, 1, 1)
        return padded[which, channels, rows[:, None, :, None], columns[:, None, None, :]]


def _pixels(images: Tensor) -> Tensor:
    return images.float() / 255 if images.dtype == torch.uint8 else images.float()
