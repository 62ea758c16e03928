"""The last digits of an image on the boundary: its two logits equal in float64, and the residual of what is found."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from phiscope.geometry.boundary.descent import BoundaryPoints, Bundle
from phiscope.geometry.boundary.lead import Lead, ahead
from phiscope.geometry.boundary.starts import crossing

_NEWTON = 8
_ENOUGH = 1e-12  # of the largest logit
_BISECTIONS = 60


@dataclass(frozen=True)
class Polished:
    """x (n, p) float64; other (n,): class whose logit equals that of the sample's own; difference: of the two; behind:
    of the third; scale: what the difference is relative to, the largest logit in absolute value
    and the slope of the difference; residual and pieces: see `descent.settle`."""

    x: Tensor
    distance: Tensor
    other: Tensor
    difference: Tensor
    behind: Tensor
    scale: Tensor
    residual: Tensor
    pieces: Tensor

    def take(self, rows: Tensor, other: Polished, better: Tensor) -> None:
        """The rows become those of `other` (r rows) where these are better (r,)."""
        for name in self.__dataclass_fields__:
            getattr(self, name)[rows[better]] = getattr(other, name)[better]


def polish(lead: Lead, points: BoundaryPoints, bundle: Bundle, nearest: Tensor) -> Polished:
    """lead: of the network in float64; nearest (n, p): the nearest image of another class among the starts, beyond
    which no result lies."""
    x0, own = points.x0.double(), points.own
    x = _on_the_boundary(lead, points.x.double(), own)
    x = _never_farther(lead, x0, own, x, nearest.double())
    value, gradient = lead.gradient(x, own)
    logits = lead.logits(x)
    others = ahead(logits, own)
    two = others.topk(min(2, others.shape[1] - 1), dim=1)
    exact = BoundaryPoints(x0, own, x, value, gradient, value)
    residual, pieces = bundle.double().with_own(exact).residual(exact)
    return Polished(
        x,
        (x - x0).norm(dim=1),
        two.indices[:, 0],
        two.values[:, 0],
        two.values[:, 0] - two.values[:, -1] if two.values.shape[1] > 1 else torch.full_like(value, torch.inf),
        logits.abs().amax(1) + gradient.norm(dim=1),
        residual,
        pieces,
    )


def _on_the_boundary(lead: Lead, x: Tensor, own: Tensor) -> Tensor:
    """Newton's steps for max_{k ≠ c} z_k − z_c = 0 along the gradient on the pixels that may move."""
    x, going = x.clone(), torch.arange(len(x), device=x.device)
    for _ in range(_NEWTON):
        here = x[going]
        value, gradient = lead.gradient(here, own[going])
        push = -value.sign()[:, None] * gradient
        free = torch.where(((here > 0) | (push > 0)) & ((here < 1) | (push < 0)), gradient, 0)
        slope = free.square().sum(1)
        scale = lead.logits(here).abs().amax(1) + gradient.norm(dim=1)
        far = (value.abs() > _ENOUGH * scale) & (slope > 0)
        step = -torch.where(far, value / torch.where(far, slope, 1), 0)[:, None] * free
        x[going] = (here + step).clamp(0, 1)
        going = going[far]
        if not len(going):
            break
    return x


def _never_farther(lead: Lead, x0: Tensor, own: Tensor, x: Tensor, nearest: Tensor) -> Tensor:
    """Where x missed the boundary, or is farther than a start: where the line to the start crosses the boundary."""
    limit = (nearest - x0).norm(dim=1)
    value, gradient = lead.gradient(x, own)
    missed = value.abs() > 1e3 * _ENOUGH * (lead.logits(x).abs().amax(1) + gradient.norm(dim=1))
    # A start that ends just beyond the boundary in float32 may be on this side of it in float64.
    beyond = lead.value(nearest, own) >= 0
    again = (beyond & (missed | ((x - x0).norm(dim=1) > limit))).nonzero().flatten()
    if len(again):
        x = x.clone()
        x[again] = crossing(lead, x0[again], own[again], nearest[again], _BISECTIONS)[0]
    return x
