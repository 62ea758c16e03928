"""The recursion for gradients of the denoising lecture, written out layer by layer and without autograd.

For reading, and to check a layer of one's own: no run uses it.

    blocks = blocks_of(layers, image)
    gradients(layers, blocks, u)  # u = 2 (blocks[-1] - clean) / clean.numel() for the mean squared error

    u_0 = ∇_O C,   ∇_θk C = u_0 J_{Lk; θk},   u_1 = u_0 J_{Lk; Bk},   ∇_θ(k-1) C = u_1 J_{L(k-1); θ(k-1)},   ...

Every layer L maps a block B to the next one, and pulls a row u back to its parameters (u J_{L; θ}) and to its input
(u J_{L; B}).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional, grad


class ChainLayer(Protocol):
    """One L_k of the recursion."""

    def forward(self, block: Tensor) -> Tensor: ...

    def to_parameters(self, u: Tensor, block: Tensor) -> tuple[Tensor, ...]:
        """u J_{L; θ} at the block, one tensor per parameter."""

    def to_input(self, u: Tensor, block: Tensor) -> Tensor:
        """u J_{L; B} at the block."""


@dataclass(frozen=True)
class Convolution:
    """B -> weight ⋆ B + bias."""

    weight: Tensor
    bias: Tensor
    stride: int = 1
    padding: int = 0

    def forward(self, block: Tensor) -> Tensor:
        return functional.conv2d(block, self.weight, self.bias, self.stride, self.padding)

    def to_parameters(self, u: Tensor, block: Tensor) -> tuple[Tensor, ...]:
        weight = grad.conv2d_weight(block, self.weight.shape, u, self.stride, self.padding)
        return weight, u.sum(dim=(0, 2, 3))

    def to_input(self, u: Tensor, block: Tensor) -> Tensor:
        return grad.conv2d_input(block.shape, self.weight, u, self.stride, self.padding)


@dataclass(frozen=True)
class Rectifier:
    """B -> max(B, 0), which passes back what it let through."""

    def forward(self, block: Tensor) -> Tensor:
        return block.clamp_min(0)

    def to_parameters(self, u: Tensor, block: Tensor) -> tuple[Tensor, ...]:
        return ()

    def to_input(self, u: Tensor, block: Tensor) -> Tensor:
        return u * (block > 0)


@dataclass(frozen=True)
class Upsampling:
    """Every pixel `factor` times in each direction; what comes back to it is the sum over its copies."""

    factor: int

    def forward(self, block: Tensor) -> Tensor:
        return block.repeat_interleave(self.factor, 2).repeat_interleave(self.factor, 3)

    def to_parameters(self, u: Tensor, block: Tensor) -> tuple[Tensor, ...]:
        return ()

    def to_input(self, u: Tensor, block: Tensor) -> Tensor:
        return functional.avg_pool2d(u, self.factor) * self.factor**2


def blocks_of(layers: Sequence[ChainLayer], image: Tensor) -> list[Tensor]:
    """B_1 = image, B_{k+1} = L_k(B_k): the input of every layer, and at the end the output."""
    blocks = [image]
    for layer in layers:
        blocks.append(layer.forward(blocks[-1]))
    return blocks


@torch.no_grad()
def gradients(layers: Sequence[ChainLayer], blocks: Sequence[Tensor], u: Tensor) -> list[tuple[Tensor, ...]]:
    """∇_θk C for every layer, first to last; blocks: as from `blocks_of`; u: ∇_O C, of the cost at the output."""
    per_layer: list[tuple[Tensor, ...]] = []
    for layer, block in zip(reversed(layers), reversed(blocks[:-1])):
        per_layer.append(layer.to_parameters(u, block))
        u = layer.to_input(u, block)
    return per_layer[::-1]
