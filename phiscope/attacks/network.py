"""What all attacks ask of a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.arrays import blocks, device_of, full_float32, unit_range
from phiscope.errors import DataError, ModelError
from phiscope.geometry.activations import images_at_a_time
from phiscope.models.affine import NO_GRADIENT


@dataclass(frozen=True)
class Attacked:
    """images (m, channels, h, w) float32 in [0, 1]; iterations (m,): steps taken until the attack stopped."""

    images: NDArray[np.float32]
    iterations: NDArray[np.int64]


def by_batches(
    network: nn.Module,
    images: NDArray,
    batch_size: int,
    attack: Callable[[Tensor, slice], tuple[Tensor, Tensor]],
    *,
    copies: int,
) -> Attacked:
    """Run attack(pixels (b, channels, h, w), rows) -> (pixels, iterations) over batches of the images.

    batch_size: at most; fewer where the network's activations would fill the memory. copies: of an image that the
    attack holds beside them.
    """
    if not len(images):
        raise DataError(f"images to attack have shape {images.shape}; expected at least one")
    parts = []
    with frozen(network) as device:
        first = torch.from_numpy(unit_range(images[:1])).to(device)
        size = images_at_a_time(_with_gradient(network), first, batch_size, gradient=True, copies=copies)
        for rows in blocks(len(images), size):
            pixels = torch.from_numpy(unit_range(images[rows])).to(device).clamp(0, 1)
            parts.append([part.cpu().numpy() for part in attack(pixels, rows)])
    attacked, iterations = (np.concatenate(part) for part in zip(*parts))
    return Attacked(attacked, iterations)


def _with_gradient(network: nn.Module) -> Callable[[Tensor], Tensor]:
    """The network; ModelError where its logits have no gradient, which attacks follow."""

    def compute(pixels: Tensor) -> Tensor:
        logits = network(pixels)
        if not logits.requires_grad:
            raise ModelError(NO_GRADIENT)
        return logits

    return compute


@contextmanager
def frozen(network: nn.Module) -> Iterator[torch.device]:
    """The network in evaluation mode, its parameters without gradients, in full float32, afterwards as it was; gives
    its device."""
    training, wanted = network.training, [p.requires_grad for p in network.parameters()]
    network.eval().requires_grad_(False)
    try:
        with full_float32():
            yield device_of(network)
    finally:
        network.train(training)
        for parameter, before in zip(network.parameters(), wanted):
            parameter.requires_grad_(before)


def lead(logits: Tensor, origin: Tensor) -> Tensor:
    """Best other logit minus that of the class `origin`, (b, n), (b,) -> (b,): above 0 where another class wins."""
    own = logits.gather(1, origin[:, None])
    return logits.scatter(1, origin[:, None], -torch.inf).amax(1) - own[:, 0]
