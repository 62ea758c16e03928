"""Jacobians of feature maps whose ReLUs are softened in the derivative only.

A ReLU network is linear in pieces, and around most images the pieces are small: a Newton step leaves the piece its
Jacobian was taken in. The derivative of ReLU at a, a step, is therefore replaced by (1 + a/√(a² + b²))/2, the mean
over the pieces within about b; the values stay those of the network.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

RELUS = (functional.relu, torch.relu, torch.relu_, Tensor.relu, Tensor.relu_)


def relu_slope(a: Tensor, softness: Tensor) -> Tensor:
    """What a ReLU's derivative at a (b, ...) is replaced by; softness (b,), or (1,) for all."""
    if not bool(softness.any()):
        return 0.5 + 0.5 * a.sign()
    per_sample = (len(a),) + (1,) * (a.dim() - 1)
    # Relative to the layer's root mean square, so that the scale of a network's activations does not matter.
    size = a.flatten(1).square().mean(1).sqrt()
    width = (softness * size).view(per_sample)
    return 0.5 + 0.5 * a / torch.sqrt(a.square() + width.square() + torch.finfo(a.dtype).tiny)


class _SoftenedReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a: Tensor, softness: Tensor) -> Tensor:
        # Here, as there is one backward pass per feature.
        ctx.save_for_backward(relu_slope(a, softness))
        return a.clamp(min=0)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        (slope,) = ctx.saved_tensors
        return gradient * slope, None


class Softened(TorchFunctionMode):
    """Inside it, every ReLU has the softened derivative, whatever module or function calls it."""

    def __init__(self, softness: Tensor) -> None:
        super().__init__()
        self._softness = softness

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function in RELUS:
            return _SoftenedReLU.apply(args[0], self._softness.to(args[0]))
        return function(*args, **(kwargs or {}))


def jacobian(feature_map: Callable[[Tensor], Tensor], images: Tensor, softness: Tensor) -> Tensor:
    """∂φ/∂x, (b, f, n) for images (b, ...) of n numbers each; softness (b,), 0 for the derivative itself.

    f backward passes over the batch: one pass over f copies of it costs as much for few images, and for more of them
    twice as much, since the copies leave the cache.
    """
    images = images.detach().requires_grad_(True)
    with torch.enable_grad(), Softened(softness):
        features = feature_map(images)
    return _rows(features, images, features.shape[1])


def first_rows(feature_map: Callable[[Tensor], Tensor], images: Tensor, count: int) -> Tensor:
    """The first `count` rows of the Jacobian, (b, count, n), computed as `jacobian` does: what is timed of it."""
    images = images.detach().requires_grad_(True)
    with torch.enable_grad(), Softened(images.new_zeros(len(images))):
        features = feature_map(images)
    return _rows(features, images, min(count, features.shape[1]))


def _rows(features: Tensor, images: Tensor, count: int) -> Tensor:
    """Into one array, where a stack of the rows would hold them twice."""
    rows = images.new_empty(len(images), count, images[0].numel())
    for k in range(count):
        rows[:, k] = _pull_back(features[:, k].sum(), images)
    return rows


def pull_back(feature_map: Callable[[Tensor], Tensor], images: Tensor, covectors: Tensor) -> Tensor:
    """covectorᵀ ∂φ/∂x for each image, in one backward pass: images (b, ...), covectors (b, f) -> (b, n)."""
    images = images.detach().requires_grad_(True)
    with torch.enable_grad():
        product = (feature_map(images) * covectors).sum()
    return _pull_back(product, images)


def _pull_back(scalar: Tensor, images: Tensor) -> Tensor:
    return torch.autograd.grad(scalar, images, retain_graph=True)[0].flatten(1)
