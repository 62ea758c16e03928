"""Projected gradient descent (Madry et al. 2018), with a stop per sample and a loss that can be added to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from phiscope.arrays import generator
from phiscope.attacks.network import Attacked, by_batches, lead
from phiscope.errors import ConfigError

# Of images (b, channels, h, w), their rows in the batch and the number of the step; -> (b,), to be made large.
Penalty = Callable[[Tensor, Tensor, int], Tensor]

_STREAM = 1_803_070  # sets the draws of random starts apart from those of noise
_TINY = 1e-12
_COPIES = 6  # of an image that a step holds: where it was, is and goes, the gradient, and what they are made by


class Norm(NamedTuple):
    """direction: gradient -> step of length 1; within: perturbation -> the nearest one of length epsilon or less."""

    direction: Callable[[Tensor], Tensor]
    within: Callable[[Tensor, float], Tensor]
    draw: Callable[[np.random.Generator, tuple[int, ...]], NDArray]


def _length(x: Tensor) -> Tensor:
    return torch.linalg.vector_norm(x, dim=(1, 2, 3), keepdim=True).clamp_min(_TINY)


def _draw_ball(random: np.random.Generator, shape: tuple[int, ...]) -> NDArray:
    """Uniform in the unit ball: a random direction, and a radius whose volume is uniform."""
    direction = random.standard_normal(shape)
    return direction / np.linalg.norm(direction) * random.uniform() ** (1 / direction.size)


NORMS = {
    "linf": Norm(
        direction=torch.sign,
        within=lambda x, epsilon: x.clamp(-epsilon, epsilon),
        draw=lambda random, shape: random.uniform(-1, 1, shape),
    ),
    "l2": Norm(
        direction=lambda x: x / _length(x),
        within=lambda x, epsilon: x * (epsilon / _length(x)).clamp_max(1),
        draw=_draw_ball,
    ),
}


def pgd(
    network: nn.Module,
    images: NDArray,
    *,
    norm: str,
    epsilon: float,
    step: float,
    steps: int,
    stop: bool,
    confidence: float = 0.0,
    start: NDArray | None = None,
    penalty: Penalty | None = None,
    batch_size: int = 250,
) -> Attacked:
    """max CE(network(x), c) + penalty(x)  subject to  ‖x - x₀‖ <= epsilon,  0 <= x <= 1,  for each image x₀.

    c is the class predicted at x₀, CE the cross-entropy, the norm `linf` or `l2`. So many steps of length `step` along
    the gradient's sign (linf) or direction (l2), each followed by the projection onto the ball and then the box. stop:
    a sample stands still at its first success, when the best other logit exceeds that of c, by at least `confidence`.
    start (m, channels, h, w): perturbations to begin with, else none. Raises ConfigError for an unknown norm.
    """
    if norm not in NORMS:
        raise ConfigError(f"norm {norm!r} does not exist; expected one of {', '.join(NORMS)}")
    within = NORMS[norm].within

    def attack(x0: Tensor, rows: slice) -> tuple[Tensor, Tensor]:
        x = x0.clone()
        if start is not None:
            x = (x0 + within(torch.from_numpy(start[rows]).to(x0), epsilon)).clamp(0, 1)
        with torch.no_grad():
            origin = network(x0).argmax(1)
        iterations, active = torch.full_like(origin, steps), torch.arange(len(x0), device=x0.device)
        for k in range(steps):
            ahead, gradient = _ascent(network, x[active], origin[active], penalty, active, k)
            if stop:
                won = (ahead > 0) & (ahead >= confidence)
                iterations[active[won]] = k
                active, gradient = active[~won], gradient[~won]
                if not len(active):
                    break
            moved = x[active] + step * NORMS[norm].direction(gradient)
            x[active] = (x0[active] + within(moved - x0[active], epsilon)).clamp(0, 1)
        return x, iterations

    return by_batches(network, images, batch_size, attack, copies=_COPIES)


def _ascent(
    network: nn.Module, x: Tensor, origin: Tensor, penalty: Penalty | None, rows: Tensor, k: int
) -> tuple[Tensor, Tensor]:
    """How far another class is ahead at x, and the gradient of what is to be made large there."""
    x = x.requires_grad_()
    logits = network(x)
    loss = functional.cross_entropy(logits, origin, reduction="sum")
    if penalty is not None:
        loss = loss + penalty(x, rows, k).sum()
    (gradient,) = torch.autograd.grad(loss, x)
    return lead(logits.detach(), origin), gradient


def random_start(
    shape: tuple[int, ...], *, norm: str, epsilon: float, samples: Iterable[int], seed: int
) -> NDArray[np.float32]:
    """Perturbations uniform in the ball of radius epsilon, one image shape (channels, h, w) per sample.

    Each rests on the seed and the sample's number alone, so that chunks change nothing.
    """
    drawn = (NORMS[norm].draw(generator(seed, int(sample), _STREAM), shape) for sample in samples)
    return np.stack([(epsilon * each).astype(np.float32) for each in drawn])
