"""What each layer of a stack of convolutions sees: output sizes and receptive fields, by arithmetic alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from phiscope.errors import ConfigError


@dataclass(frozen=True)
class Layer:
    """A convolution by its kernel, stride and padding, of the input with every pixel repeated `upsample` times."""

    name: str
    kernel: int
    stride: int = 1
    padding: int = 0
    upsample: int = 1


@dataclass(frozen=True)
class Reach:
    """Of one layer: side of its output, and how many input pixels an output pixel sees, and the step between those.

    `step` is how far the field moves in the input from one output pixel to the next; below 1 after upsampling.
    """

    name: str
    size: int
    receptive_field: int
    step: float


def reaches(layers: Sequence[Layer], size: int) -> list[Reach]:
    """One row per layer for a square input of that side.

    Size: ⌊(u n + 2p - k) / s⌋ + 1, u being the upsampling before the convolution. After upsampling the fields of
    neighbours differ in size; ASSUME the largest, which is what an overlap of tiles has to cover. Raises ConfigError
    for an input too small.
    """
    rows = []
    for place, layer in enumerate(layers, 1):
        size = (size * layer.upsample + 2 * layer.padding - layer.kernel) // layer.stride + 1
        if size < 1:
            raise ConfigError(f"layer {layer.name}: nothing is left of the image there; expected a larger input")
        period, strides = (math.prod(getattr(each, key) for each in layers[:place]) for key in ("upsample", "stride"))
        field = max(_field(layers[:place], pixel) for pixel in range(period))
        rows.append(Reach(layer.name, size, field, strides / period))
    return rows


def _field(layers: Sequence[Layer], pixel: int) -> int:
    """How many pixels of the input, were it without border, an output pixel sees: its interval, traced back."""
    first = last = pixel
    for layer in reversed(layers):
        first, last = first * layer.stride - layer.padding, last * layer.stride - layer.padding + layer.kernel - 1
        first, last = first // layer.upsample, last // layer.upsample
    return last - first + 1
