"""Small networks h, many of them side by side: every weight has one more axis, the fit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from phiscope.errors import ConfigError

Layers = list[tuple[Tensor, Tensor]]  # weight (b, in, out) and bias (b, 1, out)


@dataclass(frozen=True)
class Network:
    """What to build: `mlp` is ReLU with a sigmoid at the end (Tancik et al.), `siren` sin ωx (Sitzmann et al.).

    depth counts the linear layers, the last one included: 1 is a linear model, 4 the published MLP with three hidden
    layers of `width`. omega is SIREN's ω.
    ASSUME: Tancik et al.'s `4 layers` are four linear layers, as in their code.
    """

    kind: str = "mlp"
    width: int = 256
    depth: int = 4
    omega: float = 30.0

    def __post_init__(self) -> None:
        if self.kind not in ("mlp", "siren"):
            raise ConfigError(f"network kind {self.kind!r}: expected mlp or siren")
        if self.width < 1 or self.depth < 1:
            raise ConfigError(f"network width {self.width}, depth {self.depth}: expected at least 1 each")

    def sizes(self, inputs: int, outputs: int) -> list[tuple[int, int]]:
        """(in, out) of every linear layer."""
        widths = [inputs, *[self.width] * (self.depth - 1), outputs]
        return list(pairwise(widths))

    def parameters(self, inputs: int, outputs: int) -> int:
        """Number of weights and biases of one fit."""
        return sum((a + 1) * b for a, b in self.sizes(inputs, outputs))


def initialise(network: Network, inputs: int, outputs: int, seeds: list[int]) -> Layers:
    """Weights of one fit per seed, float64 on the CPU: a fit's numbers depend on its own seed only.

    MLP: Glorot-normal weights, biases N(0, 0.01²), as the published code's library draws them. SIREN: U(±1/in) in the
    first layer and U(±√(6/in)/ω) after it, biases U(±1/√in).
    """
    drawn = [_one(network, inputs, outputs, torch.Generator().manual_seed(seed)) for seed in seeds]
    return [(torch.stack([w for w, _ in layer]), torch.stack([b for _, b in layer])) for layer in zip(*drawn)]


def _one(network: Network, inputs: int, outputs: int, random: torch.Generator) -> list[tuple[Tensor, Tensor]]:
    def uniform(reach: float, *shape: int) -> Tensor:
        return (2 * torch.rand(shape, generator=random, dtype=torch.float64) - 1) * reach

    def normal(deviation: float, *shape: int) -> Tensor:
        return deviation * torch.randn(shape, generator=random, dtype=torch.float64)

    layers = []
    for position, (a, b) in enumerate(network.sizes(inputs, outputs)):
        if network.kind == "mlp":
            layers.append((normal(math.sqrt(2 / (a + b)), a, b), normal(0.01, 1, b)))
        else:
            reach = 1 / a if position == 0 else math.sqrt(6 / a) / network.omega
            layers.append((uniform(reach, a, b), uniform(1 / math.sqrt(a), 1, b)))
    return layers


def forward(network: Network, layers: Layers, features: Tensor) -> Tensor:
    """Features (n, d), shared by all fits, or (b, n, d) -> colours (b, n, c)."""
    fits = layers[0][0].shape[0]
    hidden = features.expand(fits, -1, -1)
    for weight, bias in layers[:-1]:
        hidden = torch.baddbmm(bias, hidden, weight)
        hidden = hidden.relu() if network.kind == "mlp" else (network.omega * hidden).sin()
    weight, bias = layers[-1]
    out = torch.baddbmm(bias, hidden, weight).to(bias.dtype)
    return out.sigmoid() if network.kind == "mlp" else out
