"""Batches of (noisy, clean) image patches: cropped, mirrored, turned and corrupted anew in every epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset

from phiscope.arrays import generator, unit_range
from phiscope.denoising.corruptions import Noise, corrupt_anew
from phiscope.errors import DataError

AUGMENTATIONS = ("mirror", "upside-down", "quarter-turns")
_HELD_OUT = 1_000_003  # the "epoch" of the noise on held-out patches, which no training reaches


class NoisyPatches(IterableDataset):
    """Yields (noisy, clean), both (b, channels, patch, patch) float32, clean in [0, 1].

    images: (channels, h, w) each, of any sizes, uint8 or float in [0, 1]. Every epoch takes `per_image` patches of
    every image, in another order, each in one of the `augmentations`, with new noise. No noise at all leaves clean
    pairs. `epoch` is set from outside, so that a resumed training draws what an unbroken one would have drawn.
    """

    def __init__(
        self,
        images: Sequence[NDArray],
        noises: Sequence[Noise],
        *,
        patch: int | None,
        per_image: int,
        batch_size: int,
        augmentations: Sequence[str],
        clip: bool,
        seed: int,
    ) -> None:
        super().__init__()
        self.images, self.noises, self.batch_size = images, noises, batch_size
        self.patch = (patch, patch) if patch else images[0].shape[1:]
        self.per_image, self.augmentations, self.clip, self.seed = per_image, tuple(augmentations), clip, seed
        self.epoch = 0
        _require_sizes(images, self.patch)
        if "quarter-turns" in augmentations and self.patch[0] != self.patch[1]:
            raise DataError(f"patches of {self.patch[0]} x {self.patch[1]} cannot be turned; expected square ones")

    def __len__(self) -> int:  # the incomplete batch is left out: batch norm wants batches of one size
        return max(len(self.images) * self.per_image // self.batch_size, 1)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        order = generator(self.seed, self.epoch, 1).permutation(len(self.images) * self.per_image)
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            drawn = order[start : start + self.batch_size]
            yield self._pair(drawn, self.epoch)

    def _pair(self, drawn: NDArray[np.int64], epoch: int) -> tuple[Tensor, Tensor]:
        clean = unit_range(np.stack([self._patch(int(number), epoch) for number in drawn]))
        if not self.noises:
            return (pixels := torch.from_numpy(clean)), pixels
        noisy = corrupt_anew(clean, self.noises, samples=drawn, seed=self.seed, epoch=epoch, clip=self.clip)
        return torch.from_numpy(noisy), torch.from_numpy(clean)

    def _patch(self, number: int, epoch: int) -> NDArray:
        random = generator(self.seed, number, epoch, 2)
        image, (height, width) = self.images[number % len(self.images)], self.patch
        top = random.integers(image.shape[1] - height + 1)
        left = random.integers(image.shape[2] - width + 1)
        return augmented(image[:, top : top + height, left : left + width], self.augmentations, random)


class HeldOutPatches(NoisyPatches):
    """The middle patch of every image, as it stands, with the same noise every time it is looked at."""

    def __len__(self) -> int:
        return -(-len(self.images) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        numbers = np.arange(len(self.images))
        for start in range(0, len(numbers), self.batch_size):
            yield self._pair(numbers[start : start + self.batch_size], _HELD_OUT)

    def _patch(self, number: int, epoch: int) -> NDArray:
        image, (height, width) = self.images[number], self.patch
        top, left = (image.shape[1] - height) // 2, (image.shape[2] - width) // 2
        return image[:, top : top + height, left : left + width]


def augmented(image: NDArray, augmentations: Sequence[str], random: np.random.Generator) -> NDArray:
    """An image (channels, h, w) in one of the positions that the augmentations allow, all equally likely."""
    if "quarter-turns" in augmentations:
        image = np.rot90(image, int(random.integers(4)), axes=(1, 2))
    if "mirror" in augmentations and random.integers(2):
        image = image[:, :, ::-1]
    if "upside-down" in augmentations and random.integers(2):
        image = image[:, ::-1]
    return image


def _require_sizes(images: Sequence[NDArray], patch: Sequence[int]) -> None:
    for place, image in enumerate(images):
        if image.shape[1] < patch[0] or image.shape[2] < patch[1] or image.shape[0] != images[0].shape[0]:
            raise DataError(
                f"training image {place} has shape {image.shape}; expected {len(images[0])} channels and at least "
                f"{patch[0]} x {patch[1]} pixels: give a smaller patch, or leave the image out"
            )
