"""The last image before a boundary is crossed back: an attack brought as near to the boundary as its pixels allow."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.attacks.network import Attacked, by_batches

_COPIES = 5  # of an image that a step holds: both ends, the middle, and what that is made by


def onto_the_boundary(
    network: nn.Module, images: NDArray, attacked: NDArray, *, steps: int = 40, batch_size: int = 100
) -> Attacked:
    """Of the segment from each image x₀ to the attacked x₁ the point nearest to x₀ that bisection finds across.

    images, attacked (m, channels, h, w) in [0, 1]. With t in [0, 1], class(x(0)) = c and class(x(1)) ≠ c, each step
    halves an interval at whose ends x(t) = (1 - t) x₀ + t x₁ has the class c and another; the other end is the answer,
    so that the class stays changed. float32 pixels take no more than some 24 halvings of what an attack moved; further
    ones change nothing. Where the class of x₁ is c, x₁ is the answer. One crossing is found where there are several.
    """

    def attack(x0: Tensor, rows: slice) -> tuple[Tensor, Tensor]:
        x1 = torch.from_numpy(np.ascontiguousarray(attacked[rows])).to(x0)
        with torch.no_grad():
            origin = network(x0).argmax(1)
            crossed = network(x1).argmax(1) != origin
            low, high = torch.zeros(len(x0), dtype=torch.float64), torch.ones(len(x0), dtype=torch.float64)
            for _ in range(steps):
                middle = (low + high) / 2
                across = (network(_between(x0, x1, middle)).argmax(1) != origin).cpu()
                high, low = middle.where(across, high), low.where(across, middle)
        found = _between(x0, x1, high)
        return torch.where(crossed[:, None, None, None], found, x1), torch.full_like(origin, steps)

    return by_batches(network, images, batch_size, attack, copies=_COPIES)


def _between(x0: Tensor, x1: Tensor, share: Tensor) -> Tensor:
    """(1 - t) x₀ + t x₁ in double precision, as pixels of the network's precision."""
    t = share.to(x0.device)[:, None, None, None]
    return ((1 - t) * x0.double() + t * x1.double()).to(x0)
