"""min ½‖x − a‖² subject to Ax = b and l <= x <= u: the nearest point of an affine space in a box, in batches."""

from __future__ import annotations

import torch
from torch import Tensor

_ROUNDS, _HALVINGS = 30, 10
_PATIENCE = 4  # rounds in a row in which the violation does not fall by a tenth: there is no solution


def nearest_in_box(
    rows: Tensor, anchor: Tensor, goal: Tensor, lower: Tensor, upper: Tensor, precision: float = 1e-5
) -> Tensor:
    """argmin ½‖x − anchor‖² subject to rows x = goal, lower <= x <= upper.

    rows (b, q, n) with q much smaller than n, anchor, lower, upper (b, n), goal (b, q) -> (b, n); solved to
    `precision` of the goal's distance from the anchor. By duality x = clip(anchor + rowsᵀλ), and λ, q numbers,
    maximises a concave function whose gradient is the violation of the equations: a semismooth Newton method with
    halved steps. Where the box and the equations do not meet, the result lies in the box and violates the equations.
    """
    batch, count, _ = rows.shape
    products = torch.bmm(rows, rows.transpose(1, 2))
    ridge = 1e-7 * products.diagonal(dim1=1, dim2=2).mean(1).clamp(min=torch.finfo(rows.dtype).tiny)
    ridge = ridge[:, None, None] * torch.eye(count, dtype=rows.dtype, device=rows.device)
    goal = goal - torch.einsum("bqn,bn->bq", rows, anchor)
    size = goal.norm(dim=1)
    multipliers = rows.new_zeros(batch, count)
    least, idle = torch.full_like(size, torch.inf), torch.zeros_like(size)
    for _ in range(_ROUNDS):
        moved = anchor + torch.einsum("bqn,bq->bn", rows, multipliers)
        violation = torch.einsum("bqn,bn->bq", rows, moved.clamp(lower, upper) - anchor) - goal
        left = violation.norm(dim=1)
        idle, least = torch.where(left < 0.9 * least, 0, idle + 1), torch.minimum(least, left)
        going = (left > precision * size) & (idle < _PATIENCE)  # the others wait for these as they are
        if not bool(going.any()):
            break
        free = ((moved > lower) & (moved < upper)).to(rows.dtype)
        curvature = torch.bmm(rows * free.unsqueeze(1), rows.transpose(1, 2)) + ridge
        direction = -torch.linalg.solve(curvature, violation)
        step = _step(rows, anchor, goal, lower, upper, multipliers, direction, violation)
        multipliers = torch.where(going[:, None], multipliers + step, multipliers)
    return (anchor + torch.einsum("bqn,bq->bn", rows, multipliers)).clamp(lower, upper)


def _step(rows, anchor, goal, lower, upper, multipliers, direction, violation) -> Tensor:
    """The direction, halved for each problem until the dual objective falls enough (Armijo)."""

    def objective(at: Tensor) -> Tensor:
        moved = anchor + torch.einsum("bqn,bq->bn", rows, at)
        outside = moved - moved.clamp(lower, upper)
        gained = 0.5 * ((moved - anchor).square() - outside.square()).sum(1)
        return gained - (at * goal).sum(1)

    now, slope = objective(multipliers), (violation * direction).sum(1)
    length = torch.ones_like(now)
    for _ in range(_HALVINGS):
        too_long = objective(multipliers + length[:, None] * direction) > now + 1e-4 * length * slope + 1e-6 * now.abs()
        if not bool(too_long.any()):
            break
        length = torch.where(too_long, 0.5 * length, length)
    return length[:, None] * direction
