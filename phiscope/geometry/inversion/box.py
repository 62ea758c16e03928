"""min ½‖x − a‖² subject to Ax = b and l <= x <= u: the nearest point of an affine space in a box, in batches.

Where equations that cannot all hold are to hold as well as they can: + ‖Ax − b‖² / 2δ instead, damped least squares.
"""

from __future__ import annotations

import torch
from torch import Tensor

_ROUNDS, _TRIALS = 30, 20
_MANY = 2**14  # columns, from which on a product of all of them in every round is what takes the time
_FEW, _LITTLE = 0.1, 0.5  # columns at the bounds, over all; their share of a row's square
_PATIENCE = 4  # rounds in a row in which the violation does not fall by a tenth: undamped, there is no solution


def nearest_in_box(
    rows: Tensor,
    anchor: Tensor,
    goal: Tensor,
    lower: Tensor,
    upper: Tensor,
    *,
    damping: Tensor | None = None,
    precision: float = 1e-5,
    products: Tensor | None = None,
) -> Tensor:
    """argmin ½‖x − anchor‖² subject to rows x = goal, lower <= x <= upper.

    rows (b, q, n) with q much smaller than n, anchor, lower, upper (b, n), goal (b, q) -> (b, n); solved to
    `precision` of the goal's distance from the anchor. By duality x = clip(anchor + rowsᵀλ), and λ, q numbers,
    maximises a concave function whose gradient is the violation of the equations: a semismooth Newton method with
    a line search. Where the box and the equations do not meet, the result lies in the box and violates the equations.

    damping δ (b,), positive: argmin ½‖x − anchor‖² + ‖rows x − goal‖² / 2δ in the box. What the equations lack is δλ
    then, so that δλ joins the violation, and there is always a solution.

    products (b, q, q): rows rowsᵀ, where it is known.
    """
    damping = rows.new_zeros(len(rows)) if damping is None else damping
    batch, count, _ = rows.shape
    products = gram(rows) if products is None else products
    ridge = 1e-7 * products.diagonal(dim1=1, dim2=2).mean(1).clamp(min=torch.finfo(rows.dtype).tiny)
    ridge = (ridge + damping)[:, None, None] * torch.eye(count, dtype=rows.dtype, device=rows.device)
    goal = goal - torch.einsum("bqn,bn->bq", rows, anchor)
    size = goal.norm(dim=1)
    multipliers = rows.new_zeros(batch, count)
    least, idle = torch.full_like(size, torch.inf), torch.zeros_like(size)
    for _ in range(_ROUNDS):
        moved = anchor + torch.einsum("bqn,bq->bn", rows, multipliers)
        violation = torch.einsum("bqn,bn->bq", rows, moved.clamp(lower, upper) - anchor) - goal
        violation = violation + damping[:, None] * multipliers
        left = violation.norm(dim=1)
        idle, least = torch.where(left < 0.9 * least, 0, idle + 1), torch.minimum(least, left)
        # The others wait for these as they are.
        going = (left > precision * size) & ((idle < _PATIENCE) | (damping > 0))
        if not bool(going.any()):
            break
        curvature = _free_products(rows, (moved > lower) & (moved < upper), products, going) + ridge
        direction = -torch.linalg.solve(curvature, violation)
        step = _step(rows, moved, anchor, goal, lower, upper, damping, multipliers, direction)
        multipliers = torch.where(going[:, None], multipliers + step, multipliers)
    return (anchor + torch.einsum("bqn,bq->bn", rows, multipliers)).clamp(lower, upper)


def gram(rows: Tensor) -> Tensor:
    """rows rowsᵀ, (b, q, q)."""
    return torch.bmm(rows, rows.transpose(1, 2))


def _free_products(rows: Tensor, free: Tensor, products: Tensor, going: Tensor) -> Tensor:
    """rows diag(free) rowsᵀ where `going`, rows rowsᵀ elsewhere.

    Of many columns, what is at the bounds is taken off the whole where that is little; where it is not, digits would be
    lost, and so would targets whose image has hardly more free pixels than features.
    """
    if rows.shape[2] < _MANY:
        return torch.bmm(rows * free.to(rows.dtype).unsqueeze(1), rows.transpose(1, 2))
    curvature = products.clone()
    for k in going.nonzero().flatten().tolist():
        each, bound, whole = rows[k], (~free[k]).nonzero().flatten(), curvature[k]
        if len(bound) <= _FEW * len(free[k]):
            columns = each[:, bound]
            taken = columns @ columns.T
            if bool((taken.diagonal() <= _LITTLE * whole.diagonal()).all()):
                whole -= taken
                continue
        columns = each[:, free[k]]
        torch.mm(columns, columns.T, out=whole)
    return curvature


def _step(
    rows: Tensor,
    moved: Tensor,
    anchor: Tensor,
    goal: Tensor,
    lower: Tensor,
    upper: Tensor,
    damping: Tensor,
    multipliers: Tensor,
    direction: Tensor,
) -> Tensor:
    """The direction as long as minimises the dual objective along it, nearly: its slope only increases."""
    along = torch.einsum("bqn,bq->bn", rows, direction)
    level = (direction * (damping[:, None] * multipliers - goal)).sum(1)
    bend = damping * direction.square().sum(1)

    def slope(length: Tensor) -> Tensor:
        image = (moved + length[:, None] * along).clamp(lower, upper) - anchor
        return (along * image).sum(1) + level + length * bend

    enough = 0.1 * slope(torch.zeros_like(bend)).abs()
    # Undamped equations may have no solution, and the slope then no root: no further than Newton's step there.
    length, low = torch.ones_like(bend), torch.zeros_like(bend)
    high = torch.where(damping > 0, torch.inf, length)
    for _ in range(_TRIALS):
        value = slope(length)
        done = (value.abs() <= enough) | ((value < 0) & (length >= high))
        if bool(done.all()):
            break
        low, high = torch.where(value < 0, length, low), torch.where(value > 0, length, high)
        between = torch.where(torch.isinf(high), 2 * length, 0.5 * (low + high))
        length = torch.where(done, length, between)
    return length[:, None] * direction
