"""Where no image maps to the target: the image in the box whose features come nearest to it.

    min ½‖y − φ(x)‖² subject to l <= x <= u

Newton's step (`restoration`) solves the linearised equations; where the box has no solution to them, it need not lead
downhill. The damped one of Levenberg and Marquardt weighs the length of the step against what the equations lack,
always exists and always descends once the damping is large enough.
"""

from __future__ import annotations

import torch
from torch import Tensor

from phiscope.geometry.inversion.box import gram
from phiscope.geometry.inversion.restoration import SOFTNESSES, Aim, BoxedNetwork, ImageSearch, relative_residual

_FIRST_DAMPING = 0.1  # in units of the mean curvature, the mean of the diagonal of JJᵀ
_FACTORS = (0.05, 0.3, 1.0, 5.0, 50.0)  # of the last damping that did best: a box step costs less than a Jacobian
_RANGE = (1e-7, 1e4)
_GAIN = 1e-3  # relative decrease of the residual below which a Jacobian was in vain


def damped_descent(
    network: BoxedNetwork, search: ImageSearch, aim: Aim, *, tolerance: float, most: int, batch: int
) -> None:
    """Lower the residuals of `search` until neither the derivative nor a softened one does it, or after `most` each.

    A fall below `tolerance` ends it too: the target was not out of range, only out of Newton's reach.
    """
    damping, idle = torch.full_like(search.residual, _FIRST_DAMPING), torch.zeros_like(search.jacobians)
    for _ in range(most):
        waiting = ((search.residual > tolerance) & (idle < len(SOFTNESSES))).nonzero().flatten()
        if not len(waiting):
            return
        for rows in waiting.split(batch):
            before = search.residual[rows]
            damping[rows] = _descend(network, search, aim, rows, idle[rows], damping[rows])
            gained = search.residual[rows] < (1 - _GAIN) * before
            idle[rows] = torch.where(gained, 0, idle[rows] + 1)


def _descend(
    network: BoxedNetwork, search: ImageSearch, aim: Aim, rows: Tensor, idle: Tensor, damping: Tensor
) -> Tensor:
    """The best of a few damped steps with one Jacobian, where any is good, and the damping that was best."""
    images, part = search.images[rows], aim[rows]
    slopes = network.jacobian(images, images.new_tensor(SOFTNESSES)[idle])
    search.jacobians[rows] += 1
    products = gram(slopes)
    curvature = products.diagonal(dim1=1, dim2=2).mean(1).double()
    wanted = part.residual(network.features(images, exact=True))
    dampings = [(damping * factor).clamp(*_RANGE) for factor in _FACTORS]
    steps = [network.smallest_step(slopes, images, wanted, products, each * curvature) for each in dampings]
    residuals = torch.stack([relative_residual(network, images + step, part, exact=True) for step in steps])
    least, which = residuals.min(dim=0)
    each, better = torch.arange(len(rows), device=rows.device), least < search.residual[rows]
    search.images[rows[better]] = (images + torch.stack(steps)[which, each])[better]
    search.residual[rows[better]] = least[better]
    # Where none was good, a shorter step may be.
    return torch.where(better, torch.stack(dampings)[which, each], dampings[-1])
