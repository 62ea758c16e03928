"""How far another class is ahead of a sample's own, and the gradient of that: all that a search asks of a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

Network = Callable[[Tensor], Tensor]


class Ahead(NamedTuple):
    """value (n,): max_{k ≠ c} z_k − z_c; gradient (n, p): ∇(z_j − z_c) with j the class that is ahead."""

    value: Tensor
    gradient: Tensor


@dataclass
class Lead:
    """network: images (n, channels, h, w) -> logits (n, classes); images come as rows (n, p) of numbers.

    passes, gradients: how many images have gone through forward, and forward and backward.
    """

    network: Network
    shape: tuple[int, ...]
    batch: int
    passes: int = field(default=0, init=False)
    gradients: int = field(default=0, init=False)

    def logits(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            return torch.cat([self._logits(part) for part in x.split(self.batch)])

    def value(self, x: Tensor, own: Tensor) -> Tensor:
        """(n,): max_{k ≠ c} z_k − z_c, with c the classes `own` (n,)."""
        self.passes += len(x)
        return ahead(self.logits(x), own).amax(1)

    def gradient(self, x: Tensor, own: Tensor, other: Tensor | None = None) -> Ahead:
        """The lead and its gradient; other (n,): of these classes, not of the one that is ahead most."""
        self.gradients += len(x)
        values, slopes = [], []
        others = [None] * len(x) if other is None else other.split(self.batch)
        for part, mine, theirs in zip(x.split(self.batch), own.split(self.batch), others, strict=False):
            part = part.detach().requires_grad_(True)
            with torch.enable_grad():
                by_class = ahead(self._logits(part), mine)
                lead = by_class.amax(1) if theirs is None else by_class.gather(1, theirs[:, None])[:, 0]
                (slope,) = torch.autograd.grad(lead.sum(), part)
            values.append(lead.detach())
            slopes.append(slope)
        return Ahead(torch.cat(values), torch.cat(slopes))

    def _logits(self, x: Tensor) -> Tensor:
        return self.network(x.reshape(-1, *self.shape))


def ahead(logits: Tensor, own: Tensor) -> Tensor:
    """z_k − z_c (n, classes), and −inf for c itself."""
    mine = own[:, None]
    return (logits - logits.gather(1, mine)).scatter(1, mine, -torch.inf)
