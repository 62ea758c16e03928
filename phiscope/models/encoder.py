"""Encoder ℰ of Deep LSD: pixels to the mean and deviation of a normal distribution over latents."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from phiscope.errors import ModelError
from phiscope.models.gan import halved

_SLOPE = 0.01


class Encoder(nn.Module):
    """ℰ: pixels (b, channels, *size) in [0, 1] -> μ (b, latent), log σ (b, latent).

    heads: `published` or `linear`; see `HEADS`.
    """

    def __init__(self, latent: int, channels: int, size: Sequence[int], width: int, heads: str) -> None:
        super().__init__()
        if heads not in HEADS:
            raise ModelError(f"encoder: heads {heads!r}; expected one of {', '.join(HEADS)}")
        self.latent = latent
        self.trunk = nn.Sequential(
            nn.Conv2d(channels, width, 3, 1, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.LeakyReLU(_SLOPE),
            nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(_SLOPE),
            nn.Conv2d(2 * width, 4 * width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(4 * width),
            nn.LeakyReLU(_SLOPE),
            nn.Flatten(),
        )
        self.mean = HEADS[heads](4 * width * halved(size), latent)
        self.log_deviation = HEADS[heads](4 * width * halved(size), latent)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        trunk = self.trunk(2 * pixels - 1)
        return self.mean(trunk), self.log_deviation(trunk)


def _published_head(features: int, latent: int) -> nn.Module:
    """Dense, batch norm, leaky ReLU. The slope of .01 keeps log σ above zero but for a trifle, so σ is 1 or more."""
    return nn.Sequential(nn.Linear(features, latent), nn.BatchNorm1d(latent), nn.LeakyReLU(_SLOPE))


# ASSUME: Toledo-Marín and Glazier 2021 do not say what the heads are. `published` is what the authors' scripts do;
# `linear` is what Kingma and Welling do, which leaves μ and σ free.
HEADS: dict[str, Callable[[int, int], nn.Module]] = {"published": _published_head, "linear": nn.Linear}


def encoder(
    latent: int = 100,
    channels: int = 1,
    size: Sequence[int] = (28, 28),
    width: int = 32,
    heads: str = "published",
) -> Encoder:
    """Three convolutions of `width`, twice and four times as many channels, and the two heads."""
    return Encoder(latent, channels, size, width, heads)


def sample(mean: Tensor, log_deviation: Tensor, noise: Tensor) -> Tensor:
    """z = μ + σ ε: one encoding; all (b, latent)."""
    return mean + torch.exp(log_deviation) * noise
