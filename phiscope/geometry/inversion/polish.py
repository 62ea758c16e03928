"""Bring images nearer to their references while their features stay where they are: the second half of (16) and (18).

Each round linearises φ, its ReLUs softened in the derivative (`relaxed`), takes the nearest image to the reference that
the linearised equations and the box allow, and goes as far toward it as a few corrections with the same Jacobian can
bring the features back.
"""

from __future__ import annotations

import torch
from torch import Tensor

from phiscope.geometry.inversion.box import gram, nearest_in_box
from phiscope.geometry.inversion.relaxed import pull_back
from phiscope.geometry.inversion.restoration import Aim, BoxedNetwork, ImageSearch

_LENGTHS = (1.0, 0.5, 0.25, 0.12, 0.06)  # of the way to the nearest image of the linearised problem
_SOFTNESS = 0.05  # of ReLUs in the derivative, as in `restoration`: a mean over pieces points further than one's slope
_CORRECTIONS = 4
_CORRECTED, _FALLS = 1e-7, 0.7  # relative residual that needs no correction; ratio above which one was the last
ALLOWED = 1e-4  # relative residual along the way; the last steps to the tolerance change nothing one could see
_GAIN = 2e-3  # relative decrease of the distance below which a search ends


def polish(network: BoxedNetwork, search: ImageSearch, references: Tensor, aim: Aim, *, most: int, batch: int) -> None:
    """Shorten ‖x − reference‖ for every image of `search` whose features are near the aim, in at most `most` rounds."""
    unfinished = (search.residual <= ALLOWED).nonzero().flatten()
    for _ in range(most):
        shortened = [_round(network, search, references, aim, rows) for rows in unfinished.split(batch)]
        unfinished = unfinished[torch.cat(shortened)] if len(shortened) else unfinished
        if not len(unfinished):
            return


def _round(network: BoxedNetwork, search: ImageSearch, references: Tensor, aim: Aim, rows: Tensor) -> Tensor:
    """One round for some of the images; whether each of them came nearer by more than a trifle."""
    images, reference, part = search.images[rows], references[rows], aim[rows]
    slopes, shift = _linearised(network, images, part)
    search.jacobians[rows] += 1
    products = gram(slopes)
    nearest = _nearest(network, slopes, images, reference, shift, products)
    trials = torch.cat([images + length * (nearest - images) for length in _LENGTHS])
    each, again = torch.arange(len(rows), device=rows.device), len(_LENGTHS)
    repeated = part[each.repeat(again)]
    trials, residual = _corrected(network, slopes, products, trials, repeated)
    residual = residual.view(again, -1)
    distance = (trials - reference.repeat(again, 1)).norm(dim=1).view(again, -1)
    before = (images - reference).norm(dim=1)
    distance = torch.where(residual <= ALLOWED, distance, torch.inf)
    least, which = distance.min(dim=0)
    better = least < before
    chosen = trials.view(again, len(rows), -1)[which, each]
    search.images[rows[better]] = chosen[better]
    search.residual[rows[better]] = residual[which, each][better]
    return least < (1 - _GAIN) * before


def _linearised(network: BoxedNetwork, images: Tensor, aim: Aim) -> tuple[Tensor, Tensor]:
    """Rows (b, q, n) and right sides (b, q) of the equations on a step: all of φ for points, one for spheres."""
    features = network.features(images, exact=False)
    if bool((aim.radius == 0).all()):
        return network.jacobian(images, torch.full_like(aim.radius, _SOFTNESS)), aim.residual(features)
    outward = aim.direction(features)
    rows = pull_back(network.rough, images.float().view(-1, *network.shape), outward.float())
    return rows.unsqueeze(1), (aim.radius - (features - aim.centre).norm(dim=1)).unsqueeze(1)


def _nearest(
    network: BoxedNetwork, slopes: Tensor, images: Tensor, reference: Tensor, shift: Tensor, products: Tensor
) -> Tensor:
    """The nearest image to the reference among those that the linearised equations and the box allow."""
    lower, upper = ((bound - images).to(slopes) for bound in (network.lower, network.upper))
    step = nearest_in_box(slopes, (reference - images).to(slopes), shift.to(slopes), lower, upper, products=products)
    return (images + step.double()).clamp(network.lower, network.upper)


def _corrected(
    network: BoxedNetwork, slopes: Tensor, products: Tensor, trials: Tensor, aim: Aim
) -> tuple[Tensor, Tensor]:
    """The trials, some of them for each of `slopes` (b, q, n), after a few Newton corrections with that one Jacobian.

    With their residuals; those whose residual need not fall any more, or will not fall far enough, wait for the others.
    """
    whole = products.double()
    ridge = 1e-7 * whole.diagonal(dim1=1, dim2=2).mean(1)
    inverse = torch.linalg.inv(whole + ridge[:, None, None] * torch.eye(whole.shape[1]).to(whole))
    owner = torch.arange(len(slopes), device=slopes.device).repeat(len(trials) // len(slopes))
    wanted, residual = _missing(network, slopes, trials, aim)
    going = torch.arange(len(trials), device=slopes.device)
    for left in reversed(range(_CORRECTIONS)):
        going = going[residual[going] > _CORRECTED]
        if not len(going):
            break
        multipliers = torch.einsum("bqr,br->bq", inverse[owner[going]], wanted[going])
        step = _pulled(slopes, multipliers, owner[going])
        moved = (trials[going] + step).clamp(network.lower, network.upper)
        lacking, after = _missing(network, slopes, moved, aim[going])
        better = after < residual[going]
        kept, ratio = going[better], after[better] / residual[going[better]]
        trials[kept], wanted[kept], residual[kept] = moved[better], lacking[better], after[better]
        # With one Jacobian each correction gains about as much as the one before, or less.
        going = kept[(ratio < _FALLS) & (after[better] * ratio**left <= ALLOWED)]
    return trials, residual


def _pulled(slopes: Tensor, multipliers: Tensor, owner: Tensor) -> Tensor:
    """slopesᵀ multipliers, where row k of the multipliers belongs to `slopes[owner[k]]`."""
    step = multipliers.new_empty(len(owner), slopes.shape[2])
    for which in owner.unique():
        mine = owner == which
        step[mine] = (multipliers[mine].to(slopes) @ slopes[which]).double()
    return step


def _missing(network: BoxedNetwork, slopes: Tensor, trials: Tensor, aim: Aim) -> tuple[Tensor, Tensor]:
    """What the equations lack at the trials, and the relative residual."""
    features = network.features(trials, exact=False)
    wanted = aim.residual(features)
    residual = wanted.norm(dim=1) / aim.scale
    if slopes.shape[1] == 1:
        wanted = (aim.radius - (features - aim.centre).norm(dim=1)).unsqueeze(1)
    return wanted, residual
