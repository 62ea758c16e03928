"""min ½‖y − x₀‖² subject to a + Wy >= 0, 0 <= y <= 1: the nearest image that linear inequalities allow, in batches.

By duality y = clip(x₀ + Wᵀλ), and λ >= 0, a number for each inequality, maximises a concave function whose gradient is
the violation of the inequalities.
"""

from __future__ import annotations

import torch
from torch import Tensor

_NEWTON = 40
_ROUNDS, _LENGTHS = 30, (1.0, 0.3, 0.1, 0.03)
_PRECISION = {torch.float32: 1e-6, torch.float64: 1e-10}  # of what the inequalities lack at x₀
_HOLDINGS = 6
# Of a row's squared length: what tells rows apart that are nearly parallel.
_RIDGE = {torch.float32: 1e-6, torch.float64: 1e-12}


def project_one(x0: Tensor, gradient: Tensor, offset: Tensor) -> Tensor:
    """For one inequality: argmin ½‖y − x₀‖² subject to offset + gradient·y >= 0, 0 <= y <= 1.

    x0 (n, p) in [0, 1], gradient (n, p), offset (n,) -> (n, p). The left side grows with λ, piecewise linear and
    concave, since every pixel starts within its bounds and stays at the one that it reaches: Newton's steps from λ = 0
    rise to the root without passing it, exactly in finitely many. Where no image of the box obeys the inequality, y is
    the one that violates it least.
    """
    multiplier, y = torch.zeros_like(offset), x0
    enough = _PRECISION[x0.dtype] * (offset + (gradient * x0).sum(1)).abs()
    for _ in range(_NEWTON):
        lacking = -(offset + (gradient * y).sum(1))
        free = torch.where(((y > 0) | (gradient > 0)) & ((y < 1) | (gradient < 0)), gradient, 0)
        slope = free.square().sum(1)
        going = (lacking > enough) & (slope > 0)
        if not bool(going.any()):
            break
        multiplier = multiplier + torch.where(going, lacking / torch.where(going, slope, 1), 0)
        y = (x0 + multiplier[:, None] * gradient).clamp(0, 1)
    return y


def project(x0: Tensor, rows: Tensor, offset: Tensor, multipliers: Tensor) -> tuple[Tensor, Tensor]:
    """For several: x0 (n, p) in [0, 1], rows (n, q, p), offset (n, q), where inf leaves one out -> y (n, p), λ (n, q).

    multipliers (n, q): where to begin. A projected, semismooth Newton method on the dual with a line search; what it
    leaves of the inequalities is up to 1e-6 of what they lack at x₀, or what float32 resolves; 1e-10 in float64.
    """
    absent = torch.isinf(offset)
    offset, multipliers = torch.where(absent, 0, offset), torch.where(absent, 0, multipliers)
    size = rows.square().sum(2).clamp_min(torch.finfo(rows.dtype).tiny)

    def at(multipliers: Tensor, which: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """y, what each inequality lacks there, and the dual objective."""
        y = (x0[which] + torch.bmm(multipliers.unsqueeze(1), rows[which]).squeeze(1)).clamp(0, 1)
        lacking = -(offset[which] + torch.bmm(rows[which], y.unsqueeze(2)).squeeze(2))
        lacking = torch.where(absent[which], 0, lacking)
        return y, lacking, 0.5 * (y - x0[which]).square().sum(1) + (multipliers * lacking).sum(1)

    everyone = torch.arange(len(x0), device=x0.device)
    y, lacking, value = at(multipliers, everyone)
    at_start = offset + torch.bmm(rows, x0.unsqueeze(2)).squeeze(2)
    scale = torch.where(absent, 0, at_start).abs().amax(1, keepdim=True)
    for _ in range(_ROUNDS):
        left = torch.where(multipliers > 0, lacking.abs(), lacking.clamp_min(0))
        going = everyone[(left > _PRECISION[x0.dtype] * scale).any(1)]
        if not len(going):
            break
        step = _newton_step(x0[going], rows[going], size[going], multipliers[going], lacking[going])
        waiting = torch.ones(len(going), dtype=torch.bool, device=x0.device)
        for length in _LENGTHS:
            each = going[waiting]
            trial = (multipliers[each] + length * step[waiting]).clamp_min(0)
            y_there, lacking_there, value_there = at(trial, each)
            better = value_there > value[each]
            chosen = each[better]
            multipliers[chosen], y[chosen] = trial[better], y_there[better]
            lacking[chosen], value[chosen] = lacking_there[better], value_there[better]
            waiting[waiting.clone()] = ~better
            if not bool(waiting.any()):
                break
        if bool(waiting.all()):
            break
    return y, multipliers


def _newton_step(x0: Tensor, rows: Tensor, size: Tensor, multipliers: Tensor, lacking: Tensor) -> Tensor:
    """Towards the multipliers >= 0 that are best for the quadratic model, with pixels beyond their bounds held there.

    Those that are positive or want to be are solved for; what would turn negative is held at 0, and the rest again.
    """
    free = rows * _moving(x0, rows, multipliers, lacking).to(rows).unsqueeze(1)
    gram = torch.bmm(free, rows.transpose(1, 2)).double()
    gram = gram + torch.diag_embed((_RIDGE[rows.dtype] * size).double())
    active, held = (multipliers > 0) | (lacking > 0), torch.zeros_like(multipliers, dtype=torch.bool)
    before, wanted = multipliers.double(), lacking.double()
    step = torch.zeros_like(before)
    for _ in range(_HOLDINGS):
        solved = active & ~held
        own = torch.where(held, -before, 0)
        right = torch.where(solved, wanted - torch.bmm(gram, own.unsqueeze(2)).squeeze(2), 0)
        both = solved.unsqueeze(2) & solved.unsqueeze(1)
        matrix = torch.where(both, gram, 0) + torch.diag_embed(torch.where(solved, 0.0, 1.0).double())
        step = torch.where(solved, torch.linalg.solve(matrix, right), own)
        negative = solved & (before + step < 0)
        if not bool(negative.any()):
            break
        held |= negative
    return ((before + step).clamp_min(0) - before).to(rows)


def _moving(x0: Tensor, rows: Tensor, multipliers: Tensor, lacking: Tensor) -> Tensor:
    """(n, p): pixels that what is lacking moves: those within their bounds, and those at one that it pushes inwards.

    Of an image in black and white every pixel is at a bound at first, and none would move if those were held.
    """
    u = x0 + torch.bmm(multipliers.unsqueeze(1), rows).squeeze(1)
    push = torch.bmm(lacking.clamp_min(0).unsqueeze(1), rows).squeeze(1)
    return ((u > 0) | ((u == 0) & (push > 0))) & ((u < 1) | ((u == 1) & (push < 0)))
