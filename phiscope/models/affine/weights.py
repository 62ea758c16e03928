"""W and b, from derivatives of the logits by the features, held to the logits of all images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from phiscope.errors import ModelError
from phiscope.models.affine.head import AffineHead
from phiscope.models.affine.places import normalised, rows_of

ROUNDING = 256  # units in the last place, of the sum of magnitudes, that two ways of summing may differ by
_NORM_ROUNDING = 4 * torch.finfo(torch.float32).eps


def differentiated(
    logits: Tensor, tensors: Sequence[Tensor], dims: Sequence[int], place: str, known: AffineHead | None
) -> tuple[Tensor, Tensor]:
    """W (f, n) and b (n,) with logits = f W + b, checked at every image; float64."""
    features = _flat(tensors, dims, len(logits))
    coarse = max(torch.finfo(each.dtype).eps for each in (logits, *tensors))
    rows = []
    for column, each in enumerate(_slopes(logits, tensors, dims)):
        row = each[0] if known is None else known.weight[:, column]
        scale = float(each.abs().max())
        if float((each - row).abs().max()) > ROUNDING * coarse * max(scale, 1e-30):
            raise ModelError(
                f"the logits are not affine in the features at {place!r}: their derivatives differ from image to image "
                "(as where features or logits are divided by a sum after the last product); let the network do that "
                "before its last layer"
            )
        rows.append(row)
    weight = torch.stack(rows, dim=1)
    rest = logits.detach().double() - features @ weight
    bias = rest.mean(0) if known is None else known.bias
    allowed = ROUNDING * coarse * (features.abs() @ weight.abs() + bias.abs())
    if bool(((rest - bias).abs() > allowed).any()):
        raise ModelError(
            f"the logits are not a function of the features at {place!r} alone: something else of the image is added, "
            f"by up to {float((rest - bias).abs().max()):.2g}; let the last layer see all of it"
        )
    return weight.contiguous(), bias


def over_norm(
    logits: Tensor, tensors: Sequence[Tensor], dims: Sequence[int], known: AffineHead | None
) -> tuple[Tensor, Tensor] | None:
    """W and b with logits = g W + b, g = f / ‖f‖, or None where that does not hold at every image; float64.

    The derivative by f is (I - g gᵀ) W / ‖f‖, which lacks the part of W along g; images of other directions have it:
    the mean of ‖f‖ times it is the mean of I - g gᵀ, times W. A constant that keeps the norm from 0 is left out, so
    that the logits are held to rounding of float32.
    """
    features = _flat(tensors, dims, len(logits))
    length, g = torch.linalg.vector_norm(features, dim=1), normalised(features)
    if known is None:
        along = torch.stack([(slope * length[:, None]).mean(0) for slope in _slopes(logits, tensors, dims)], dim=1)
        across = torch.eye(g.shape[1], dtype=g.dtype, device=g.device) - g.T @ g / len(g)
        weight = torch.linalg.lstsq(across, along).solution
        bias = (logits.detach().double() - g @ weight).mean(0)
    else:
        weight, bias = known.weight, known.bias
    off = (logits.detach().double() - g @ weight - bias).abs()
    allowed = _NORM_ROUNDING * (g.abs() @ weight.abs() + bias.abs())
    return (weight.contiguous(), bias) if bool((off <= allowed).all()) else None


def _slopes(logits: Tensor, tensors: Sequence[Tensor], dims: Sequence[int]) -> Iterator[Tensor]:
    """Of each logit by the features, (b, f), one class after the other."""
    for column in range(logits.shape[1]):
        slopes = torch.autograd.grad(
            logits[:, column].sum(), list(tensors), retain_graph=True, allow_unused=True, materialize_grads=True
        )
        yield torch.cat([rows_of(slope, len(logits), dim) for slope, dim in zip(slopes, dims)], dim=1).double()


def _flat(tensors: Sequence[Tensor], dims: Sequence[int], count: int) -> Tensor:
    return torch.cat([rows_of(each.detach(), count, dim) for each, dim in zip(tensors, dims)], dim=1).double()
