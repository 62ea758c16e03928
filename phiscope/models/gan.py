"""Generator 𝒢 and discriminator of a deep convolutional GAN (Radford et al. 2016), as Deep LSD uses them.

Images are pixels in [0, 1] on the outside, as everywhere in phiscope, and in [-1, 1] inside.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from phiscope.errors import ModelError

HALVINGS = 2  # both networks change the resolution twice: 28 <-> 14 <-> 7, 8 <-> 4 <-> 2
_SLOPE = 0.2


class Generator(nn.Module):
    """𝒢: z (b, latent), normal -> pixels (b, channels, *size) in [0, 1].

    A dense layer to a quarter of the size, then three transposed convolutions with batch norm. A size that is
    no multiple of four is drawn larger and cropped.
    """

    def __init__(self, latent: int, channels: int, size: Sequence[int], width: int) -> None:
        super().__init__()
        self.latent, self.size = latent, tuple(size)
        self.coarse = (4 * width, *(-(-edge // 2**HALVINGS) for edge in self.size))
        self.dense = nn.Linear(latent, self.coarse[0] * self.coarse[1] * self.coarse[2], bias=False)
        self.bn = nn.BatchNorm2d(4 * width)
        self.layers = nn.Sequential(
            nn.ConvTranspose2d(4 * width, 4 * width, 3, 1, 1, bias=False),
            nn.BatchNorm2d(4 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(4 * width, 2 * width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * width, channels, 4, 2, 1),
        )
        self.apply(_initialise)

    def forward(self, z: Tensor) -> Tensor:
        coarse = functional.relu(self.bn(self.dense(z).unflatten(1, self.coarse)))
        drawn = self.layers(coarse)[..., : self.size[0], : self.size[1]]
        # ASSUME: tanh, which never stops learning; the authors' scripts use its piecewise linear form.
        return (drawn.tanh() + 1) / 2


class Discriminator(nn.Module):
    """Pixels (b, channels, *size) in [0, 1] -> logit (b,) that the image is real."""

    def __init__(self, channels: int, size: Sequence[int], width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, 2 * width, 4, 2, 1),
            nn.LeakyReLU(_SLOPE),
            nn.Conv2d(2 * width, 4 * width, 4, 2, 1, bias=False),
            # ASSUME: batch norm holds the discriminator back; the authors' scripts use dropout.
            nn.BatchNorm2d(4 * width),
            nn.LeakyReLU(_SLOPE),
            nn.Flatten(),
            nn.Linear(4 * width * halved(size), 1),
        )
        self.apply(_initialise)

    def forward(self, pixels: Tensor) -> Tensor:
        return self.layers(2 * pixels - 1).squeeze(1)


def halved(size: Sequence[int]) -> int:
    """Number of positions that are left after both halvings; an odd row or column at the edge is dropped."""
    rows, columns = (edge >> HALVINGS for edge in size)
    if rows * columns == 0:
        raise ModelError(f"images of {tuple(size)} pixels; expected at least {2**HALVINGS} by {2**HALVINGS}")
    return rows * columns


def _initialise(module: nn.Module) -> None:
    """Weights as Radford et al. draw them."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
        nn.init.normal_(module.weight, 0, 0.02)


def generator(latent: int = 100, channels: int = 1, size: Sequence[int] = (28, 28), width: int = 32) -> Generator:
    """`width` 32 gives 128 channels at the coarsest resolution, as many as MNIST needs."""
    return Generator(latent, channels, size, width)


def discriminator(channels: int = 1, size: Sequence[int] = (28, 28), width: int = 32) -> Discriminator:
    """The counterpart of `generator` of the same width."""
    return Discriminator(channels, size, width)


def draw(count: int, latent: int, *seed: int) -> Tensor:
    """(count, latent) float32 latents from the normal distribution; the same for the same numbers in `seed`."""
    mixed = 0
    for number in seed:
        mixed = mixed * 1_000_003 + number
    return torch.randn(count, latent, generator=torch.Generator().manual_seed(mixed % 2**63))
