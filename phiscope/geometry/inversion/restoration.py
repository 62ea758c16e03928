"""Find images in a box whose features lie on a sphere around a given point (or are that point).

Newton's method for φ(x) = y in far more unknowns than equations: each step is the smallest one that solves the
linearised equations inside the box, shortened until the residual falls. Where it barely falls, the network is far
from linear over the length of the step, and one piece's derivative points nowhere: the next Jacobian is softened
(`relaxed`), an average over neighbouring pieces, and mixed with those of the steps before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from phiscope.geometry.inversion import relaxed, repeated
from phiscope.geometry.inversion.box import gram, nearest_in_box

Map = Callable[[Tensor], Tensor]

SOFTNESSES = (0.0, 0.03, 0.1)  # relative to the root mean square of a layer's activations
_LAST_RESORTS = (0.3, 1.0)  # where none of these moves an image: what is wide wakes units that are dead in all of it
_LENGTHS = (0.7, 0.5, 0.35, 0.25, 0.12, 0.06, 0.03, 0.01)  # of a Newton step, where the whole of it is not good
_SLOW, _FAST = 0.7, 0.3  # ratios of residuals between which the softness stays
_MEMORY = 0.7  # weight of the past in the Jacobian of an image that creeps
_LATE = 20  # Jacobians after which that begins: it reaches more targets, and farther from the reference
_CHORDS = 3  # steps with one Jacobian, while each of them is a great success
_SINGLE = 3e-4  # relative residual above which float32 sees enough


@dataclass(frozen=True)
class Aim:
    """The points at distance `radius` (b,) from `centre` (b, f); radius 0 is the centre itself."""

    centre: Tensor
    radius: Tensor

    def __getitem__(self, rows: Tensor) -> Aim:
        return Aim(self.centre[rows], self.radius[rows])

    def direction(self, features: Tensor) -> Tensor:
        """Unit vectors from the centre to the features; at the centre itself, all directions are as good."""
        away = features - self.centre
        length = away.norm(dim=1, keepdim=True)
        level = torch.ones_like(away) / away.shape[1] ** 0.5
        return torch.where(length > 0, away / length.clamp(min=torch.finfo(away.dtype).tiny), level)

    def residual(self, features: Tensor) -> Tensor:
        """From the features to the nearest of the points, (b, f)."""
        return self.centre + self.radius[:, None] * self.direction(features) - features

    @property
    def scale(self) -> Tensor:
        """What residuals are relative to: the norm of the centre (b,), 1 where that is 0."""
        norm = self.centre.norm(dim=1)
        return torch.where(norm > 0, norm, torch.ones_like(norm))


@dataclass(frozen=True)
class BoxedNetwork:
    """A feature map in float32 for derivatives, in float64 where digits matter, and the box its images live in.

    repeats: whether rows of a Jacobian are computed as a batch, see `repeated`.
    """

    rough: Map
    exact: Map
    shape: tuple[int, ...]
    lower: float
    upper: float
    repeats: bool = False

    def features(self, images: Tensor, *, exact: bool) -> Tensor:
        """Images (b, n) float64 -> features (b, f) float64."""
        images = images.view(-1, *self.shape)
        with torch.no_grad():
            return self.exact(images).double() if exact else self.rough(images.float()).double()

    def jacobian(self, images: Tensor, softness: Tensor) -> Tensor:
        compute = repeated.jacobian if self.repeats else relaxed.jacobian
        return compute(self.rough, images.float().view(-1, *self.shape), softness.float())

    def smallest_step(
        self, rows: Tensor, images: Tensor, shift: Tensor, products: Tensor, damping: Tensor | None = None
    ) -> Tensor:
        """The smallest change of the images, inside the box, that `rows` maps to `shift`; products: rows rowsᵀ.

        With damping δ (b,), positive: argmin ½‖s‖² + ‖rows s − shift‖² / 2δ, images + s inside the box.
        """
        size = shift.norm(dim=1, keepdim=True).clamp(min=torch.finfo(shift.dtype).tiny)
        # In units of the shift: float32 then resolves the last steps as well as the first.
        lower, upper = ((bound - images) / size for bound in (self.lower, self.upper))
        nowhere = torch.zeros_like(lower, dtype=rows.dtype)
        goal = (shift / size).to(rows)
        damping = None if damping is None else damping.to(rows)
        unit = nearest_in_box(rows, nowhere, goal, lower.to(rows), upper.to(rows), damping=damping, products=products)
        return (images + unit.double() * size).clamp(self.lower, self.upper) - images


@dataclass
class ImageSearch:
    """Where the search for each image stands. residual is relative to the aim's scale."""

    images: Tensor
    residual: Tensor
    softness: Tensor = field(init=False)
    jacobians: Tensor = field(init=False)
    idle: Tensor = field(init=False)  # rounds in a row that changed nothing

    def __post_init__(self) -> None:
        self.softness, self.jacobians, self.idle = (
            torch.zeros_like(self.residual, dtype=torch.int64) for _ in range(3)
        )

    def chosen_softness(self, rows: Tensor) -> Tensor:
        """Its place in SOFTNESSES, or behind them where all have been tried in vain."""
        return torch.where(self.idle[rows] < len(SOFTNESSES), self.softness[rows], self.idle[rows])

    def stuck(self) -> Tensor:
        """Where no softness moves an image any more, none ever will."""
        return self.idle >= len(SOFTNESSES + _LAST_RESORTS)


def restore(
    network: BoxedNetwork, search: ImageSearch, aim: Aim, *, tolerance: float, most: int | Tensor, batch: int
) -> None:
    """Move the images of `search` until their residual is at most `tolerance` or `most` Jacobians are used up.

    most: one number, or (b,) one for each image.
    """
    past = _Past()
    for rows in _rounds(search, tolerance, most, batch):
        images, before, part = search.images[rows], search.residual[rows], aim[rows]
        softness = images.new_tensor(SOFTNESSES + _LAST_RESORTS)[search.chosen_softness(rows)]
        slopes = past.mixed_into(network.jacobian(images, softness), rows)
        images, now = _chords(network, slopes, images, part, before, tolerance)
        search.images[rows], search.residual[rows] = images, now
        search.jacobians[rows] += 1
        search.idle[rows] = torch.where(now < before, 0, search.idle[rows] + 1)
        creeping = (now > _SLOW * before) & (now < before) & (search.jacobians[rows] >= _LATE)
        past.remember(slopes, rows, creeping)
        search.softness[rows] = _next_softness(search.softness[rows], now / before)


class _Past:
    """Jacobians of the images that creep, averaged over where they have been; the others start afresh."""

    def __init__(self) -> None:
        self._slopes: dict[int, Tensor] = {}

    def mixed_into(self, slopes: Tensor, rows: Tensor) -> Tensor:
        for place, row in enumerate(rows.tolist()):
            if row in self._slopes:
                slopes[place].lerp_(self._slopes.pop(row), _MEMORY)
        return slopes

    def remember(self, slopes: Tensor, rows: Tensor, creeping: Tensor) -> None:
        places = creeping.nonzero().flatten().tolist()
        self._slopes |= {int(rows[place]): slopes[place].clone() for place in places}


def _chords(
    network: BoxedNetwork, slopes: Tensor, images: Tensor, aim: Aim, residual: Tensor, tolerance: float
) -> tuple[Tensor, Tensor]:
    """Images and residuals after a few steps with one Jacobian, each taken where the one before was a great success."""
    exact = bool(residual.min() < _SINGLE)
    going, linear = torch.ones_like(residual, dtype=torch.bool), (slopes, gram(slopes))
    for _ in range(_CHORDS):
        trial, after = _newton_step(network, linear, images, aim, residual, exact=exact)
        great = (after < 0.1 * residual) & (after > tolerance)
        images = torch.where(going[:, None], trial, images)
        residual = torch.where(going, after, residual)
        going &= great
        if not bool(going.any()):
            break
    return images, residual


def _rounds(search: ImageSearch, tolerance: float, most: int | Tensor, batch: int) -> Iterator[Tensor]:
    """Blocks of what is not yet done, until there is nothing left to do; those that need float64 apart."""
    for _ in range(most if isinstance(most, int) else int(most.max())):
        waiting = (search.residual > tolerance) & (search.jacobians < most) & ~search.stuck()
        if not bool(waiting.any()):
            return
        near = search.residual < _SINGLE
        for part in (waiting & near, waiting & ~near):
            rows = part.nonzero().flatten()
            yield from (block for block in rows[search.residual[rows].argsort()].split(batch) if len(block))


def _next_softness(softness: Tensor, ratio: Tensor) -> Tensor:
    """The next of the list, around, where the residual barely fell; none where it fell well."""
    turned = torch.where(ratio > _SLOW, (softness + 1) % len(SOFTNESSES), softness)
    return torch.where(ratio < _FAST, torch.zeros_like(turned), turned)


def _newton_step(
    network: BoxedNetwork,
    linear: tuple[Tensor, Tensor],
    images: Tensor,
    aim: Aim,
    residual: Tensor,
    *,
    exact: bool,
) -> tuple[Tensor, Tensor]:
    """Images after the step and their residuals; where no length of the step helps, both as they were.

    linear: the Jacobian and its products.
    """
    wanted = aim.residual(network.features(images, exact=exact))
    step = network.smallest_step(linear[0], images, wanted, linear[1])
    best, at = images.clone(), residual.clone()
    _keep_better(network, best, at, images + step, aim, exact=exact)
    rest = (at > _FAST * residual).nonzero().flatten()
    if len(rest):
        trials = torch.cat([images[rest] + length * step[rest] for length in _LENGTHS])
        rows = rest.repeat(len(_LENGTHS))
        values = relative_residual(network, trials, aim[rows], exact=exact).view(len(_LENGTHS), -1)
        least, which = values.min(dim=0)
        better = least < at[rest]
        chosen = trials.view(len(_LENGTHS), len(rest), -1)[which, torch.arange(len(rest), device=rest.device)]
        best[rest[better]], at[rest[better]] = chosen[better], least[better]
    return best, at


def _keep_better(network: BoxedNetwork, best: Tensor, at: Tensor, trial: Tensor, aim: Aim, *, exact: bool) -> None:
    values = relative_residual(network, trial, aim, exact=exact)
    better = values < at
    best[better], at[better] = trial[better], values[better]


def relative_residual(network: BoxedNetwork, images: Tensor, aim: Aim, *, exact: bool) -> Tensor:
    """‖y − φ(x)‖ to the nearest point y that is aimed at, over the aim's scale: (b,)."""
    return aim.residual(network.features(images, exact=exact)).norm(dim=1) / aim.scale
