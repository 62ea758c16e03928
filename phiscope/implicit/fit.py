"""Fit networks to images, many images and seeds at once: full-batch Adam on the training pixels.

Each fit minimises its own mean squared error; the sum over fits has block-diagonal gradients and Adam works number by
number, so fits do not feel each other and stacking them changes rounding only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.optim.adam import adam

from phiscope.arrays import blocks
from phiscope.errors import ConfigError, DataError
from phiscope.implicit.networks import Layers, Network, forward, initialise

PRECISIONS = {"float32": torch.float32, "float64": torch.float64, "bfloat16": torch.float32}
DECAYS = ("constant", "cosine")
# Measured on one core, docs/performance.md: a stack of nets pays while their products are small, pixels x width x width
# of the largest; bfloat16 keeps its gain for longer. Beyond, fits go one by one.
_SMALL = {"float32": 2**23, "float64": 2**23, "bfloat16": 2**26}
_LARGE_LAYER = 2**16  # weights: of a stack such layers leave the cache, and take three times as long as one by one
_MOST = 64  # fits per stack, so that what they hold stays in memory
_IN_CACHE = 2**20  # hidden numbers of a layer at a time, of a fit that is alone: 4096 pixels for a width of 256
_AT_ONCE = 2**26  # the same where values are asked for, so that images of any size fit into memory


@dataclass(frozen=True)
class Schedule:
    """Full-batch Adam: `steps` of `learning_rate`, kept `constant` or falling to 0 as a half `cosine`."""

    steps: int
    learning_rate: float = 1e-3
    decay: str = "constant"

    def __post_init__(self) -> None:
        if self.steps < 1 or self.learning_rate <= 0:
            raise ConfigError(f"steps {self.steps}, learning_rate {self.learning_rate}: expected 1 or more, above 0")
        if self.decay not in DECAYS:
            raise ConfigError(f"decay {self.decay!r}: expected one of {', '.join(DECAYS)}")

    def rate(self, step: int) -> float:
        share = 1.0 if self.decay == "constant" else 0.5 + 0.5 * np.cos(np.pi * step / self.steps)
        return float(self.learning_rate * share)


@dataclass(frozen=True, eq=False)
class Fits:
    """One row per fit. prediction (b, n, c) at all pixels; psnr_train, psnr_heldout (b,) in dB for a peak of 1, the
    latter NaN where nothing was held out; parameters of one fit; layers: the weights, `predict` at any features.

    The values and the PSNR come from one last pass in full precision, whatever the fit was run in.
    """

    network: Network
    layers: Layers
    prediction: NDArray
    psnr_train: NDArray[np.float64]
    psnr_heldout: NDArray[np.float64]
    parameters: int

    def predict(self, features: NDArray) -> NDArray:
        """Features (n, d) or (b, n, d), at pixels seen or new -> colours (b, n, c)."""
        return _predict(self.network, self.layers, _tensor(features, self.layers[0][0])).cpu().numpy()


def fit(
    features: NDArray,
    targets: NDArray,
    network: Network,
    schedule: Schedule,
    *,
    seeds: list[int],
    train: NDArray[np.bool_] | None = None,
    precision: str = "float32",
    together: int | None = None,
    device: str = "cpu",
) -> Fits:
    """min over the weights θ_i of  mean over training pixels of (h(g(x); θ_i) - y_i(x))²,  for every fit i.

    features (n, d), shared, or (b, n, d); targets (b, n, c) in [0, 1]; seeds (b,), one per fit; train (n,): which
    pixels are fitted, by default all. precision: `float32`, `float64`, or `bfloat16` (in products only).
    together: fits per stack; by default many for small networks and one by one for large ones.
    Raises DataError for shapes that do not fit, ConfigError for options that do not exist.
    """
    train = _checked(features, targets, seeds, train, precision)
    count = together or _stack(features, int(train.sum()), network, precision, device)
    parts = [
        _fit_stack(
            features if features.ndim == 2 else features[part], targets[part], network, schedule, seeds[part], train,
            precision, device,
        )
        for part in blocks(len(seeds), count)
    ]  # fmt: skip
    return parts[0] if len(parts) == 1 else _joined(parts)


def _fit_stack(
    features: NDArray,
    targets: NDArray,
    network: Network,
    schedule: Schedule,
    seeds: list[int],
    train: NDArray[np.bool_],
    precision: str,
    device: str,
) -> Fits:
    like = torch.zeros((), dtype=PRECISIONS[precision], device=device)
    x, y = _tensor(features, like), _tensor(targets, like)
    layers = [
        (weight.to(like).requires_grad_(), bias.to(like).requires_grad_())
        for weight, bias in initialise(network, x.shape[-1], y.shape[-1], seeds)
    ]
    seen = torch.from_numpy(np.flatnonzero(train)).to(device)
    _descend(network, layers, x.index_select(-2, seen), y.index_select(-2, seen), schedule, precision == "bfloat16")
    layers = [(weight.detach(), bias.detach()) for weight, bias in layers]
    prediction = _predict(network, layers, x)
    error = ((prediction - y) ** 2).mean(2).double().cpu().numpy()
    return Fits(
        network,
        layers,
        prediction.cpu().numpy(),
        _psnr(error[:, train]),
        _psnr(error[:, ~train]),
        network.parameters(x.shape[-1], y.shape[-1]),
    )


def _descend(network: Network, layers: Layers, x: Tensor, y: Tensor, schedule: Schedule, bfloat16: bool) -> None:
    """The loop: all steps of Adam, in place."""
    weights = [part for layer in layers for part in layer]
    first, second = ([torch.zeros_like(weight) for weight in weights] for _ in range(2))
    counts = [torch.zeros((), device=x.device) for _ in weights]
    parts = list(blocks(y.shape[-2], _pixels_at_a_time(network, y)))
    x = x.bfloat16() if bfloat16 else x  # as autocast would, once
    for step in range(schedule.steps):
        gradients = _gradient(network, layers, x, y, parts, bfloat16)
        # The function behind `torch.optim.Adam(fused=True)`: to make one of the class imports torch's compiler, 0.9 s.
        with torch.no_grad():
            adam(
                weights, gradients, first, second, [], counts, fused=True, amsgrad=False, beta1=0.9, beta2=0.999,
                lr=schedule.rate(step), weight_decay=0.0, eps=1e-8, maximize=False,
            )  # fmt: skip


def _gradient(
    network: Network, layers: Layers, x: Tensor, y: Tensor, parts: list[slice], bfloat16: bool
) -> list[Tensor]:
    """Of the sum over fits of the mean squared error, for every weight: the sum of its parts over blocks of pixels."""
    weights = [part for layer in layers for part in layer]
    total: list[Tensor] = []
    for part in parts:
        with torch.autocast(x.device.type, torch.bfloat16, enabled=bfloat16):  # left each time: it caches weights
            colours = forward(network, layers, x[..., part, :])
        loss = ((colours - y[:, part]) ** 2).mean((1, 2)).sum() * ((part.stop - part.start) / y.shape[1])
        gradients = torch.autograd.grad(loss, weights)
        total = [sum_.add_(more) for sum_, more in zip(total, gradients)] if total else list(gradients)
    return total


def _pixels_at_a_time(network: Network, y: Tensor) -> int:
    """All, but where one fit alone is so large on a CPU that a layer leaves its cache: half the time or less."""
    fits, pixels = y.shape[:2]
    most = max(1, _IN_CACHE // network.width)
    return most if fits == 1 and y.device.type == "cpu" and pixels >= 2 * most else pixels


@torch.no_grad()
def _predict(network: Network, layers: Layers, features: Tensor) -> Tensor:
    fits, pixels = layers[0][0].shape[0], features.shape[-2]
    parts = blocks(pixels, max(1, _AT_ONCE // (fits * network.width)))
    return torch.cat([forward(network, layers, features[..., part, :]) for part in parts], dim=-2)


def _psnr(error: NDArray[np.float64]) -> NDArray[np.float64]:
    if not error.shape[1]:
        return np.full(len(error), np.nan)
    with np.errstate(divide="ignore"):
        return -10 * np.log10(error.mean(1))


def _stack(features: NDArray, pixels: int, network: Network, precision: str, device: str) -> int:
    first = network.width * features.shape[-1]
    small = pixels * max(network.width**2, first) <= _SMALL[precision] and first < _LARGE_LAYER
    return _MOST if small or device != "cpu" else 1


def _joined(parts: list[Fits]) -> Fits:
    stacks = zip(*(fits.layers for fits in parts))
    return Fits(
        parts[0].network,
        [(torch.cat([weight for weight, _ in stack]), torch.cat([bias for _, bias in stack])) for stack in stacks],
        np.concatenate([fits.prediction for fits in parts]),
        np.concatenate([fits.psnr_train for fits in parts]),
        np.concatenate([fits.psnr_heldout for fits in parts]),
        parts[0].parameters,
    )


def _tensor(array: NDArray, like: Tensor) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array)).to(like)


def _checked(
    features: NDArray, targets: NDArray, seeds: list[int], train: NDArray | None, precision: str
) -> NDArray[np.bool_]:
    if precision not in PRECISIONS:
        raise ConfigError(f"precision {precision!r}: expected one of {', '.join(PRECISIONS)}")
    if targets.ndim != 3 or len(seeds) != len(targets) or not len(seeds):
        raise DataError(f"targets {targets.shape} and {len(seeds)} seeds: expected (b, n, c) and b seeds, b at least 1")
    fits, pixels = targets.shape[:2]
    if features.shape[:-1] not in ((pixels,), (fits, pixels)):
        raise DataError(f"features {features.shape}: expected ({pixels}, d) or ({fits}, {pixels}, d), as the targets")
    train = np.ones(pixels, dtype=bool) if train is None else np.asarray(train)
    if train.shape != (pixels,) or train.dtype != bool or not train.any():
        raise DataError(f"train {train.shape} {train.dtype}: expected ({pixels},) bool with one True at least")
    return train
