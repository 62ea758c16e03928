"""Where Newton's step leads nowhere and a Jacobian costs as much as many gradients: gradient steps to the target.

    min | ‖φ(x) − centre‖ − radius |  subject to l <= x <= u

A ResNet-18 for 224 pixels has two million ReLUs. A Newton step has to move its 512 features along directions whose
slopes differ a hundredfold, and crosses so many pieces that a twentieth of it is already too long. Adam with a long
momentum averages the gradients of the pieces that it crosses, at one backward pass a step where a Jacobian takes f of
them. Steps shrink with the residual, which therefore falls by the same factor every so many steps, down to the
tolerance: the image comes to lie on kinks of many ReLUs, where a Jacobian of either side is wrong for the other.

Near the target the directions of little slope hold it up. There the residual is measured by about the length of the
step that it takes, ‖(JJᵀ + δ)^-½ (φ(x) − y)‖, with the J of one image: JJᵀ, a sum over all pixels, changes slowly.

Adam: Kingma and Ba 2015. The objective is a norm, not its square: its gradient keeps its size as the residual falls.
One knows it by the residual in float64, as everywhere; it should cost some thousand backward passes and one Jacobian.
"""

from __future__ import annotations

import torch
from torch import Tensor

from phiscope.geometry.inversion.box import gram
from phiscope.geometry.inversion.restoration import Aim, BoxedNetwork, ImageSearch, relative_residual

# ASSUME: the features from which on it is tried; a Jacobian costs 60 gradients for 512 of them.
MANY = 256
_STEP, _SHARE = 1e-3, 0.3  # the longest step of a pixel, in units of the box; a step over the relative residual
_MOMENTUM, _SQUARES = 0.97, 0.99  # 0.9, the usual momentum, takes twice as many steps
_MIDDLE = 1e-2  # relative residual below which it is measured in the metric of a Jacobian
_DAMPING = 0.1  # of that metric, in units of the mean of the diagonal of JJᵀ
_SINGLE = 3e-5  # relative residual below which gradients are computed in float64
_MARGIN = 0.5  # of the tolerance
_MOST, _METRICS = 2000, 8  # steps, metrics
_PATIENCE, _GAIN = 150, 0.7  # steps in which the residual has to fall to this part; then a new metric, or the end


def worthwhile(aim: Aim) -> bool:
    """Whether there are so many features that gradients are far cheaper than a Jacobian."""
    return aim.centre.shape[1] >= MANY


def approach(
    network: BoxedNetwork, search: ImageSearch, aim: Aim, wanted: Tensor, *, tolerance: float, batch: int
) -> None:
    """Bring the wanted images (b,) of `search` to the aim, or as near as gradient steps do.

    Steps count as the share of a Jacobian that they cost: f backward passes are one.
    """
    for rows in wanted.nonzero().flatten().split(batch):
        descent = _Descent(network, search.images[rows], aim[rows])
        descent.run(_MARGIN * tolerance)
        residual = relative_residual(network, descent.best, aim[rows], exact=True)
        better = residual < search.residual[rows]
        search.images[rows[better]], search.residual[rows[better]] = descent.best[better], residual[better]
        search.jacobians[rows] += (descent.metrics + (descent.steps / aim.centre.shape[1]).ceil()).long()


class _Descent:
    """Images (b, n), the best of each so far, and what Adam remembers of each."""

    def __init__(self, network: BoxedNetwork, images: Tensor, aim: Aim) -> None:
        self.network, self.aim, self.images, self.best = network, aim, images.clone(), images.clone()
        self.mean, self.square = torch.zeros_like(images), torch.zeros_like(images)
        self.steps, self.age, self.idle, self.metrics = (torch.zeros_like(aim.radius) for _ in range(4))
        self.least, self.mark = (torch.full_like(aim.radius, torch.inf) for _ in range(2))
        self.near = torch.zeros_like(aim.radius, dtype=torch.bool)
        features = aim.centre.shape[1]
        self.metric = torch.eye(features).to(images).repeat(len(images), 1, 1)

    def run(self, enough: float) -> None:
        """Until every residual is at most `enough`, or falls no more."""
        for _ in range(_MOST):
            going = (self.least > enough) & ((self.idle < _PATIENCE) | self._renewable())
            if not bool(going.any()):
                return
            for row in (going & self._due()).nonzero().flatten().tolist():
                self._renew(row)
            for exact in (False, True):
                rows = (going & (self.near == exact)).nonzero().flatten()
                if len(rows):
                    self._step(rows, exact=exact)
            fell = self.least < _GAIN * self.mark
            self.mark, self.idle = torch.where(fell, self.least, self.mark), torch.where(fell, 0, self.idle + 1)
            # What float32 saw is seen again, in float64.
            again = ~self.near & (self.least <= _SINGLE)
            self.near |= again
            self.least[again] = self.mark[again] = torch.inf

    def _renewable(self) -> Tensor:
        return (self.near | (self.least <= _MIDDLE)) & (self.metrics < _METRICS)

    def _due(self) -> Tensor:
        return self._renewable() & ((self.metrics == 0) | (self.idle >= _PATIENCE))

    def _renew(self, row: int) -> None:
        """Measure the residual by the length of the step that it takes, by a Jacobian at the best image; begin anew."""
        images = self.best[row : row + 1]
        products = gram(self.network.jacobian(images, images.new_zeros(1)))[0].double()
        damped = products + _DAMPING * products.diagonal().mean() * torch.eye(len(products)).to(products)
        self.metric[row] = torch.linalg.inv(torch.linalg.cholesky(damped)).T
        self.images[row], self.mean[row], self.square[row] = self.best[row], 0, 0
        self.age[row], self.idle[row] = 0, 0
        self.metrics[row] += 1

    def _step(self, rows: Tensor, *, exact: bool) -> None:
        residual, gradient = self._gradient(rows, exact=exact)
        better = rows[residual < self.least[rows]]
        self.best[better] = self.images[better]
        self.least[rows] = torch.minimum(self.least[rows], residual)
        self.steps[rows] += 1
        self.age[rows] += 1
        self.mean[rows] = self.mean[rows].lerp(gradient, 1 - _MOMENTUM)
        self.square[rows] = self.square[rows].lerp(gradient.square(), 1 - _SQUARES)
        mean, square = (
            moment[rows] / (1 - decay ** self.age[rows])[:, None]
            for moment, decay in ((self.mean, _MOMENTUM), (self.square, _SQUARES))
        )
        length = (self.network.upper - self.network.lower) * (_SHARE * residual).clamp(max=_STEP)
        moved = self.images[rows] - length[:, None] * mean / square.sqrt().clamp(min=torch.finfo(square.dtype).tiny)
        self.images[rows] = moved.clamp(self.network.lower, self.network.upper)

    def _gradient(self, rows: Tensor, *, exact: bool) -> tuple[Tensor, Tensor]:
        """Relative residuals (b,), and the gradients (b, n) of what they are in the metric."""
        network, aim = self.network, self.aim[rows]
        compute = network.exact if exact else network.rough
        images = self.images[rows] if exact else self.images[rows].float()
        with torch.enable_grad():
            pixels = images.view(-1, *network.shape).requires_grad_(True)
            missing = aim.residual(compute(pixels).double())
            measured = torch.einsum("bq,bqr->br", missing, self.metric[rows]).norm(dim=1).sum()
            (gradient,) = torch.autograd.grad(measured, pixels)
        return missing.detach().norm(dim=1) / aim.scale, gradient.flatten(1).double()
