"""Autoencoders with a code and one of two decoders: a dense one, or a network that is asked position by position."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from phiscope.models.denoiser import parameter_count


class CodeAutoencoder(nn.Module):
    """Pixels (b, channels, h, w) in [0, 1] -> code (b, code) -> pixels; a dense encoder with two hidden layers."""

    def __init__(self, channels: int, size: Sequence[int], code: int, width: int, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), *_dense([channels * math.prod(size), width, width, code]))
        self.decoder = decoder

    def forward(self, pixels: Tensor) -> Tensor:
        return self.decoder(self.encoder(pixels))


class DenseDecoder(nn.Module):
    """Code (b, code) -> pixels (b, channels, *size) in [0, 1]: every pixel is an output of its own."""

    def __init__(self, channels: int, size: Sequence[int], code: int, width: int, depth: int) -> None:
        super().__init__()
        self.shape = (channels, *size)
        self.layers = nn.Sequential(*_dense([code, *[width] * (depth - 1), math.prod(self.shape)]))

    def forward(self, code: Tensor) -> Tensor:
        return self.layers(code).sigmoid().unflatten(1, self.shape)


class CoordinateDecoder(nn.Module):
    """Code (b, code) -> pixels (b, channels, *size) in [0, 1]: colour = h(g(x), z), one h for all positions x.

    features (h·w, d): g at every pixel, row by row. The first layer of h adds what the position and what the code
    contribute, so that neither is computed twice.
    """

    def __init__(self, features: Tensor, channels: int, size: Sequence[int], code: int, width: int, depth: int) -> None:
        super().__init__()
        self.size = tuple(size)
        self.register_buffer("features", features.float(), persistent=False)
        self.of_position = nn.Linear(features.shape[1], width)
        self.of_code = nn.Linear(code, width, bias=False)
        self.layers = nn.Sequential(*_dense([*[width] * (depth - 1), channels]))

    def forward(self, code: Tensor) -> Tensor:
        hidden = functional.relu(self.of_position(self.features) + self.of_code(code)[:, None])
        return self.layers(hidden).sigmoid().movedim(2, 1).unflatten(2, self.size)


def dense_of_size(parameters: int, channels: int, size: Sequence[int], code: int, depth: int) -> DenseDecoder:
    """The dense decoder whose number of parameters is nearest to the one asked for."""
    with torch.device("meta"):  # counted without being filled
        counts = {width: parameter_count(DenseDecoder(channels, size, code, width, depth)) for width in range(1, 513)}
    width = min(counts, key=lambda width: abs(counts[width] - parameters))
    return DenseDecoder(channels, size, code, width, depth)


def _dense(sizes: Sequence[int]) -> list[nn.Module]:
    """Linear layers with a ReLU between each two."""
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return layers[:-1]
