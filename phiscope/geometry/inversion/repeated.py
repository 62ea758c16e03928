"""Rows of a Jacobian as a batch: one forward pass of one image, and its rows pulled back some at a time.

A backward pass for each row has little to do at a time, and does it in float32; thirty-two rows of the same image are a
batch of thirty-two. The forward pass runs on a batch that repeats the image without holding it more than once (stride
0), so that autograd's graph is one for all rows of a batch while values are computed once, in float32. What flows back
is bfloat16 where the processor multiplies that natively: its gates, the pieces of ReLUs and pooling that the image lies
in, are those of float32, so that only the products are rounded. Operations that are not known here are computed for the
whole batch by autograd as ever: right, only slower.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from phiscope.geometry.inversion.operations import Repeated, with_value
from phiscope.geometry.inversion.relaxed import first_rows

ROWS = 32  # at a time: more of them are no faster
_LARGE = 100_000  # numbers per image that a forward pass computes, from which on a batch of rows is faster
_ELSEWHERE = 0.1  # numbers that operations not known here compute, over those of the known ones
_COMPARED = 4
_ROUNDING = {torch.float32: 1e-3, torch.bfloat16: 0.05}  # relative; 5e-7 and 6e-3 for a ResNet-20


def native_kind() -> torch.dtype:
    """bfloat16 where this processor has instructions for it (AVX-512 BF16 or AMX), float32 elsewhere."""
    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return torch.bfloat16 if supported() and torch.backends.mkldnn.is_available() else torch.float32


def suits(feature_map: Callable[[Tensor], Tensor], image: Tensor) -> bool:
    """Whether rows of this map are right and cheaper this way; image (1, channels, h, w), float32.

    Nearly all numbers of a forward pass must come of known operations, and four rows be those of a backward pass each.
    On a card the rows are left to autograd, which this was not measured against.
    """
    if image.is_cuda or image.dim() != 4:
        return False
    kind, none = native_kind(), image.new_zeros(1)
    try:
        known = _Rows(feature_map, image, none, kind)
    except (RuntimeError, TypeError):  # such as float32 weights of an operation that is not known here
        return False
    if known.count < 2 or known.computed < _LARGE * ROWS or known.elsewhere > _ELSEWHERE * known.computed:
        return False
    expected = first_rows(feature_map, image, _COMPARED)[0]
    error = known.pull(0)[: len(expected)].float() - expected
    return bool(error.norm() <= _ROUNDING[kind] * expected.norm())


def jacobian(feature_map: Callable[[Tensor], Tensor], images: Tensor, softness: Tensor, most: int = 2**30) -> Tensor:
    """∂φ/∂x, (b, f, n) for float32 images (b, channels, h, w) of n numbers; softness (b,), 0 for the derivative itself.

    most: rows of it, the first ones, 0 for the forward pass alone.
    """
    rows: Tensor | None = None
    for place, image in enumerate(images.split(1)):
        one = _Rows(feature_map, image.detach(), softness[place : place + 1], native_kind())
        count = min(one.width, most)
        if rows is None:
            rows = image.new_empty(len(images), count, image.numel())
        for first in range(0, count, one.count):
            rows[place, first : first + one.count] = one.pull(first)[: count - first]
    assert rows is not None
    return rows


class _Rows:
    """One image's forward pass, through which rows are pulled back; count: so many at a time, of `width`."""

    def __init__(
        self, feature_map: Callable[[Tensor], Tensor], image: Tensor, softness: Tensor, kind: torch.dtype
    ) -> None:
        self._images = image.to(kind).expand(ROWS, *image.shape[1:]).requires_grad_(True)
        with_value(self._images, image)
        with torch.enable_grad(), Repeated(ROWS, softness) as batch:
            self._features = feature_map(self._images)
        self.width, self.count = self._features.shape[1], min(ROWS, self._features.shape[1])
        self.computed, self.elsewhere = batch.computed, batch.elsewhere

    def pull(self, first: int) -> Tensor:
        """Rows from `first`, (ROWS, n); those behind the last are 0."""
        covectors = torch.zeros_like(self._features)
        covectors.diagonal(first).fill_(1)
        return torch.autograd.grad(self._features, self._images, covectors, retain_graph=True)[0].flatten(1)
