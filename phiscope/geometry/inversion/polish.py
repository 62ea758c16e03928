"""Bring images nearer to their references while their features stay where they are: the second half of (16) and (18).

Each round linearises φ, takes the nearest image to the reference that the linearised equations and the box allow, and
goes as far toward it as a few corrections with the same Jacobian can bring the features back.
"""

from __future__ import annotations

import torch
from torch import Tensor

from phiscope.geometry.inversion.box import nearest_in_box
from phiscope.geometry.inversion.relaxed import pull_back
from phiscope.geometry.inversion.restoration import Aim, BoxedNetwork, ImageSearch, relative_residual

_LENGTHS = (1.0, 0.5, 0.25, 0.12, 0.06)  # of the way to the nearest image of the linearised problem
_CORRECTIONS = 4
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
    nearest = _nearest(network, slopes, images, reference, shift)
    trials = torch.cat([images + length * (nearest - images) for length in _LENGTHS])
    each, again = torch.arange(len(rows), device=rows.device), len(_LENGTHS)
    repeated = part[each.repeat(again)]
    trials = _corrected(network, slopes, trials, repeated, again)
    residual = relative_residual(network, trials, repeated, exact=False).view(again, -1)
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
        return network.jacobian(images, torch.zeros_like(aim.radius)), aim.residual(features)
    outward = aim.direction(features)
    rows = pull_back(network.rough, images.float().view(-1, *network.shape), outward.float())
    return rows.unsqueeze(1), (aim.radius - (features - aim.centre).norm(dim=1)).unsqueeze(1)


def _nearest(network: BoxedNetwork, slopes: Tensor, images: Tensor, reference: Tensor, shift: Tensor) -> Tensor:
    """The nearest image to the reference among those that the linearised equations and the box allow."""
    lower, upper = ((bound - images).to(slopes) for bound in (network.lower, network.upper))
    step = nearest_in_box(slopes, (reference - images).to(slopes), shift.to(slopes), lower, upper)
    return (images + step.double()).clamp(network.lower, network.upper)


def _corrected(network: BoxedNetwork, slopes: Tensor, trials: Tensor, aim: Aim, again: int) -> Tensor:
    """The trials, `again` of them per row of `slopes`, after a few Newton corrections with that one Jacobian."""
    gram = torch.bmm(slopes, slopes.transpose(1, 2)).double()
    gram += 1e-7 * gram.diagonal(dim1=1, dim2=2).mean(1)[:, None, None] * torch.eye(gram.shape[1]).to(gram)
    inverse = torch.linalg.inv(gram).repeat(again, 1, 1)
    for _ in range(_CORRECTIONS):
        features = network.features(trials, exact=False)
        wanted = aim.residual(features)
        if slopes.shape[1] == 1:
            wanted = (aim.radius - (features - aim.centre).norm(dim=1)).unsqueeze(1)
        multipliers = torch.bmm(inverse, wanted.unsqueeze(2)).squeeze(2).view(again, len(slopes), -1)
        step = torch.einsum("bqn,abq->abn", slopes.double(), multipliers).flatten(0, 1)
        trials = (trials + step).clamp(network.lower, network.upper)
    return trials
