"""Where searches begin: images of other classes, brought back to the boundary along the line to the sample."""

from __future__ import annotations

import torch
from torch import Tensor

from phiscope.geometry.boundary.halfspaces import project_one
from phiscope.geometry.boundary.lead import Lead, ahead

CANDIDATES = 5  # most likely classes of which a gradient is taken at the sample
_STEPS = 10  # linearisations on the way to the boundary with one class
_FROM_THE_SAMPLE = 3  # of them take the image nearest to the sample, the others that nearest to where they are
_BEYOND, _LEAST = 0.02, 1e-4  # how much farther than the linearised boundary a step goes, relative, and at least


def towards_classes(lead: Lead, x0: Tensor, own: Tensor, count: int) -> list[Tensor]:
    """Images (m, p) on the way to `count` classes each whose linearised boundaries, in the box, are closest to x₀.

    As DeepFool's steps to one class, but of the image nearest to x₀ that the linearisation and the box allow. What does
    not reach another class is left where it ends.
    """
    likely = ahead(lead.logits(x0), own).argsort(dim=1, descending=True, stable=True)
    likely = likely[:, : min(CANDIDATES, likely.shape[1] - 1)]
    nearest = []
    for k in range(likely.shape[1]):
        value, gradient = lead.gradient(x0, own, likely[:, k])
        y = project_one(x0, gradient, value - (gradient * x0).sum(1))
        nearest.append((y - x0).norm(dim=1))
    order = torch.stack(nearest, 1).argsort(dim=1, stable=True)
    return [
        _towards(lead, x0, own, likely.gather(1, order[:, k : k + 1])[:, 0]) for k in range(min(count, order.shape[1]))
    ]


def _towards(lead: Lead, x0: Tensor, own: Tensor, other: Tensor) -> Tensor:
    x, going = x0.clone(), torch.arange(len(x0), device=x0.device)
    for k in range(_STEPS):
        here = x[going]
        start = x0[going] if k < _FROM_THE_SAMPLE else here
        value, gradient = lead.gradient(here, own[going], other[going])
        y = project_one(start, gradient, value - (gradient * here).sum(1))
        further = _LEAST * torch.nn.functional.normalize(gradient, dim=1)
        x[going] = (start + (1 + _BEYOND) * (y - start) + further).clamp(0, 1)
        going = going[lead.value(x[going], own[going]) < 0]
        if not len(going):
            break
    return x


def crossing(lead: Lead, x0: Tensor, own: Tensor, beyond: Tensor, rounds: int) -> tuple[Tensor, Tensor]:
    """Where the line from x₀ to an image beyond the boundary crosses it: (m, p), just beyond; and whether there is one.

    Regula falsi and halving in turn, on a bracket whose far end stays beyond, so that the result is never farther from
    x₀ than the image that is given. Of several crossings it is one.
    """
    low, high = torch.zeros_like(x0[:, 0]), torch.ones_like(x0[:, 0])
    at_low, at_high = lead.value(x0, own), lead.value(beyond, own)
    crosses, inside = at_high >= 0, at_low < 0
    for k in range(rounds):
        share = (at_low / (at_low - at_high)).clamp(0.02, 0.98) if k % 3 else torch.full_like(low, 0.5)
        middle = low + (high - low) * torch.nan_to_num(share, nan=0.5)
        value = lead.value(x0 + middle[:, None] * (beyond - x0), own)
        there = value >= 0
        high, at_high = torch.where(there, middle, high), torch.where(there, value, at_high)
        low, at_low = torch.where(there, low, middle), torch.where(there, at_low, value)
    high = torch.where(inside, high, 0)  # the sample itself is on the boundary
    return x0 + high[:, None] * (beyond - x0), crosses
