"""Where Newton's step leads nowhere and a Jacobian costs as much as many gradients: gradient steps to the target.

    min | ‖φ(x) − centre‖ − radius |  subject to l <= x <= u

A ResNet-18 for 224 pixels has two million ReLUs. A Newton step has to move its 512 features along directions whose
slopes differ a hundredfold, and crosses so many pieces that a twentieth of it is already too long. Adam with a long
momentum averages the gradients of the pieces that it crosses, at one backward pass a step where a Jacobian takes f of
them. Steps shrink with the residual, which therefore falls by the same factor every so many steps, down to the
tolerance: the image comes to lie on kinks of many ReLUs, where a Jacobian of either side is wrong for the other.

Adam: Kingma and Ba 2015. The objective is the norm, not its square: its gradient keeps its size as the residual falls.
One knows it by the residual in float64, as everywhere; it should cost some thousand backward passes.
"""

from __future__ import annotations

import torch
from torch import Tensor

from phiscope.geometry.inversion.restoration import Aim, BoxedNetwork, ImageSearch, relative_residual

MANY = 256  # features, from which on it is tried: a Jacobian costs 60 gradients for 512 of them
_STEP, _SHARE = 1e-3, 0.3  # the longest step of a pixel, in units of the box; a step over the relative residual
_MOMENTUM, _SQUARES = 0.97, 0.99  # 0.9, the usual momentum, takes twice as many steps
_LATE_MOMENTUM = 0.99  # halves the residual in half as many steps, but goes farther from the reference at first
_SINGLE = 1e-4  # relative residual below which gradients are computed in float64
_MARGIN = 0.5  # of the tolerance
_MOST = 2000  # steps
_PATIENCE, _GAIN = 200, 0.9  # steps in which the residual has to fall to this part


def worthwhile(aim: Aim) -> bool:
    """Whether there are so many features that gradients are far cheaper than a Jacobian."""
    return aim.centre.shape[1] >= MANY


def approach(
    network: BoxedNetwork, search: ImageSearch, aim: Aim, wanted: Tensor, *, tolerance: float, batch: int
) -> None:
    """Bring the wanted images (b,) of `search` near the aim, or as near as gradient steps do.

    Steps count as the share of a Jacobian that they cost: f backward passes are one.
    """
    for rows in wanted.nonzero().flatten().split(batch):
        images, steps = _descend(network, search.images[rows], aim[rows], _MARGIN * tolerance)
        residual = relative_residual(network, images, aim[rows], exact=True)
        better = residual < search.residual[rows]
        search.images[rows[better]], search.residual[rows[better]] = images[better], residual[better]
        search.jacobians[rows] += (steps / aim.centre.shape[1]).ceil().long()


def _descend(network: BoxedNetwork, images: Tensor, aim: Aim, enough: float) -> tuple[Tensor, Tensor]:
    """The images (b, n) of the smallest residuals on the way, and the numbers of steps (b,)."""
    images, best = images.clone(), images.clone()
    mean, square = torch.zeros_like(images), torch.zeros_like(images)
    least, since = torch.full_like(aim.radius, torch.inf), torch.zeros_like(aim.radius)
    mark, near, steps = least.clone(), torch.zeros_like(least, dtype=torch.bool), torch.zeros_like(least)
    width = network.upper - network.lower
    for step in range(1, _MOST + 1):
        going = (least > enough) & (since < _PATIENCE)
        if not bool(going.any()):
            break
        steps += going
        warm = 1 - _MOMENTUM**step, 1 - _SQUARES**step
        for exact, momentum in ((False, _MOMENTUM), (True, _LATE_MOMENTUM)):
            rows = (going & (near == exact)).nonzero().flatten()
            if not len(rows):
                continue
            residual, gradient = _gradient(network, images[rows], aim[rows], exact=exact)
            better = rows[residual < least[rows]]
            best[better], least[rows] = images[better], torch.minimum(least[rows], residual)
            mean[rows] = mean[rows].lerp(gradient, 1 - momentum)
            square[rows] = square[rows].lerp(gradient.square(), 1 - _SQUARES)
            scaled = mean[rows] / warm[0] / (square[rows] / warm[1]).sqrt().clamp(min=torch.finfo(square.dtype).tiny)
            length = width * (_SHARE * residual).clamp(max=_STEP)
            images[rows] = (images[rows] - length[:, None] * scaled).clamp(network.lower, network.upper)
        fell = least < _GAIN * mark
        mark, since = torch.where(fell, least, mark), torch.where(fell, 0, since + 1)
        # What float32 saw is seen again, in float64.
        again = ~near & (least <= _SINGLE)
        near, least, mark = near | again, least.masked_fill(again, torch.inf), mark.masked_fill(again, torch.inf)
    return best, steps


def _gradient(network: BoxedNetwork, images: Tensor, aim: Aim, *, exact: bool) -> tuple[Tensor, Tensor]:
    """Relative residuals (b,) and the gradients of the residuals, (b, n)."""
    compute = network.exact if exact else network.rough
    with torch.enable_grad():
        pixels = (images if exact else images.float()).view(-1, *network.shape).requires_grad_(True)
        residual = ((compute(pixels).double() - aim.centre).norm(dim=1) - aim.radius).abs()
        (gradient,) = torch.autograd.grad(residual.sum(), pixels)
    return residual.detach() / aim.scale, gradient.flatten(1).double()
