"""What is found: an affine head, and where in the network its features are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class AffineHead:
    """logits = features @ weight + bias; weight (f, n) and bias (n,), float64, of features at `place`.

    place: names of layers whose input the features are, and calls of the forward pass, `linear[-1]` for what the last
    product takes (`matmul[-1, 1]`: its second operand; `.movedim(1, 0)`: whose second dimension is that of the images),
    joined by ` + ` where features come from several, and followed by `.normalised()` where they are divided by their
    norm; see `places.at`. tensors: what flows there.
    """

    place: str
    weight: Tensor
    bias: Tensor
    tensors: Sequence[Tensor]
