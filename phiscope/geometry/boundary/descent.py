"""Along the decision boundary towards the sample: linearise, take the nearest image allowed, go part of the way.

Two phases. `slide` uses the gradient of the piece at hand, and goes far in a few steps; it stops where pieces of the
network meet, with a residual of some percent. `settle` keeps the gradients of pieces around (a bundle method) and ends
at a point that is stationary for all that meet there.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from phiscope.geometry.boundary.halfspaces import project, project_one
from phiscope.geometry.boundary.lead import Lead

_NEAR = 2e-3  # of the distance: how far off the boundary an image on the way may be
_ENOUGH = 1e-6  # relative decrease that counts
_SHORTEST = 1e-4  # of a step, where a search ends
_SHIFT = 1e-3  # of the distance: a piece that misses the image by more does not meet the others there
STATIONARY = 1e-4  # residual at which a search ends
_TRIFLE = 1e-2
_TINY = 1e-12


@dataclass
class BoundaryPoints:
    """Images near the boundary. x0, x (n, p), own (n,), of x the lead and its gradient (n,), (n, p), and length (n,):
    how far along the ray through x the boundary is, to first order; that is what descends."""

    x0: Tensor
    own: Tensor
    x: Tensor
    value: Tensor
    gradient: Tensor
    length: Tensor

    @classmethod
    def at(cls, lead: Lead, x0: Tensor, own: Tensor, x: Tensor) -> BoundaryPoints:
        """Of images on the boundary or beyond it; where the ray says nothing of it, length is that to the image."""
        points = cls(x0, own, x, *lead.gradient(x, own), x.new_zeros(len(x)))
        length, off = points.on_the_ray()
        points.length = torch.where(off <= _NEAR, length, (x - x0).norm(dim=1))
        return points

    def on_the_ray(self) -> tuple[Tensor, Tensor]:
        """Distance from x₀ (n,) at which the ray through x meets the linearised boundary; by which share of x's that
        differs, inf where the lead does not grow along it."""
        away = self.x - self.x0
        slope = (self.gradient * away).sum(1)
        share = torch.where(slope > 0, self.value / torch.where(slope > 0, slope, 1), torch.inf)
        return away.norm(dim=1) * (1 - share), share.abs()

    def __getitem__(self, rows: Tensor) -> BoundaryPoints:
        return BoundaryPoints(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def take(self, rows: Tensor, other: BoundaryPoints, better: Tensor) -> None:
        """The rows become those of `other` (r rows) where these are better (r,)."""
        for name in ("x", "value", "gradient", "length"):
            getattr(self, name)[rows[better]] = getattr(other, name)[better]

    @property
    def offset(self) -> Tensor:
        """a of the linearisation a + gradient·y."""
        return self.value - (self.gradient * self.x).sum(1)


def slide(lead: Lead, points: BoundaryPoints, rounds: int) -> None:
    """Shorten ‖x − x₀‖ with one piece's gradient, in at most so many rounds of a gradient and a pass for each image."""
    step, going = torch.ones_like(points.length), torch.arange(len(points.x), device=points.x.device)
    for _ in range(rounds):
        now = points[going]
        aim = project_one(now.x0, now.gradient, now.offset)
        trial = _trial(lead, now, aim, step[going])
        better = trial.length < (1 - _ENOUGH) * now.length
        points.take(going, trial, better)
        step[going] = torch.where(better, (2 * step[going]).clamp_max(1), step[going] / 2)
        going = going[step[going] > 1e-2]
        if not len(going):
            break


def _trial(lead: Lead, now: BoundaryPoints, aim: Tensor, step: Tensor) -> BoundaryPoints:
    """Part of the way to the aim, then along the ray from x₀ to the boundary; its length is inf where it missed."""
    y = now.x + step[:, None] * (aim - now.x)
    slope = (now.gradient * (y - now.x0)).sum(1)
    share = lead.value(y, now.own) / torch.where(slope > 0, slope, torch.inf)
    y = (now.x0 + (1 - share.clamp(-0.3, 0.3))[:, None] * (y - now.x0)).clamp(0, 1)
    trial = BoundaryPoints.at(lead, now.x0, now.own, y)
    trial.length = torch.where(trial.on_the_ray()[1] <= _NEAR, trial.length, torch.inf)
    return trial


@dataclass
class Bundle:
    """Linearisations a + w·y of pieces of the network near an image: gradients (n, q, p), offsets (n, q), inf for none;
    multipliers (n, q) of the last projection."""

    gradients: Tensor
    offsets: Tensor
    multipliers: Tensor

    @classmethod
    def of(cls, points: BoundaryPoints, size: int) -> Bundle:
        n, p = points.x.shape
        offsets = points.x.new_full((n, size), torch.inf)
        bundle = cls(points.x.new_zeros(n, size, p), offsets, points.x.new_zeros(n, size))
        bundle.gradients[:, 0], bundle.offsets[:, 0] = points.gradient, points.offset
        return bundle

    def __getitem__(self, rows: Tensor) -> Bundle:
        return Bundle(self.gradients[rows], self.offsets[rows], self.multipliers[rows])

    def at(self, x: Tensor) -> Tensor:
        """Values (n, q) of the linearisations at x (n, p); inf for none."""
        return self.offsets + torch.bmm(self.gradients, x.unsqueeze(2)).squeeze(2)

    def meeting(self, points: BoundaryPoints) -> Tensor:
        """Offsets (n, q) of the pieces that meet at x, inf for the others; of x's own piece as it is.

        A piece that forbids x by little more than x's own is moved to x: there, the network bends the other way.
        """
        forbidden = (self.at(points.x) - points.value.clamp_max(0)[:, None]).clamp_max(0)
        lengths = self.gradients.norm(dim=2).clamp_min(torch.finfo(forbidden.dtype).tiny)
        meets = -forbidden <= _SHIFT * lengths * (points.x - points.x0).norm(dim=1, keepdim=True)
        return torch.where(meets, self.offsets - forbidden, torch.inf)

    def aim(self, points: BoundaryPoints) -> Tensor:
        """The nearest images to x₀ that the pieces which meet at x, and the box, allow; keeps the multipliers."""
        y, self.multipliers = project(points.x0, self.gradients, self.meeting(points), self.multipliers)
        return y

    def residual(self, points: BoundaryPoints) -> tuple[Tensor, Tensor]:
        """‖x − y‖ / ‖x − x₀‖ (n,), and by how many pieces x is held (n,): see `settle`."""
        y = self.aim(points)
        distance = (points.x - points.x0).norm(dim=1)
        moved = (points.x - y).norm(dim=1)
        relative = torch.where(distance > 0, moved / torch.where(distance > 0, distance, 1), 0)
        return relative, (self.multipliers > 0).sum(1).clamp_min(1)

    def double(self) -> Bundle:
        return Bundle(self.gradients.double(), self.offsets.double(), self.multipliers.double())

    def with_own(self, points: BoundaryPoints) -> Bundle:
        """And the piece of each image itself, at the end."""
        return Bundle(
            torch.cat([self.gradients, points.gradient.unsqueeze(1)], 1),
            torch.cat([self.offsets, points.offset.unsqueeze(1)], 1),
            torch.cat([self.multipliers, torch.zeros_like(points.value).unsqueeze(1)], 1),
        )

    def add(self, points: BoundaryPoints, where: Tensor, values: Tensor) -> None:
        """One more each for the rows `where`, in the place of one that is idle; values: as `at` of these rows."""
        multipliers = self.multipliers[where]
        idle = torch.where(multipliers > 0, -multipliers, values.abs())
        place = torch.where(torch.isinf(self.offsets[where]), torch.inf, idle).argmax(1)
        self.gradients[where, place], self.offsets[where, place] = points.gradient, points.offset
        self.multipliers[where, place] = 0


def settle(lead: Lead, points: BoundaryPoints, size: int, rounds: int) -> tuple[Bundle, Tensor]:
    """Go on with the gradients of `size` pieces; gives these and the residual (n,) of each image.

    residual: ‖x − y‖ / ‖x − x₀‖, y the nearest image to x₀ that the linearisations of all pieces that meet at x, and
    the box, allow. It is 0 where x − x₀ = Σ λ_k w_k with λ_k >= 0 on the pixels within their bounds, and the signs at
    the bounds are right: the KKT conditions, with Clarke's derivative where pieces meet.
    """
    bundle, step = Bundle.of(points, size), torch.ones_like(points.length)
    residual = torch.full_like(points.length, torch.inf)
    going = torch.arange(len(points.x), device=points.x.device)
    for last in range(rounds, -1, -1):
        now, few = points[going], bundle[going]
        aim = few.aim(now)
        bundle.multipliers[going] = few.multipliers
        residual[going] = (now.x - aim).norm(dim=1) / (now.x - now.x0).norm(dim=1).clamp_min(_TINY)
        open_ = (residual[going] > STATIONARY) & (step[going] > _SHORTEST)
        going, now, few, aim = going[open_], now[open_], few[open_], aim[open_]
        if not len(going) or not last:
            break
        trial = _trial(lead, now, aim, step[going])
        bundle.add(trial, going, few.at(now.x))
        better = trial.length < (1 - _ENOUGH / 10) * now.length
        told = _forbids(trial, aim, now)
        points.take(going, trial, better)
        shorter = torch.where(told, step[going], step[going] / 2)
        step[going] = torch.where(better, (2 * step[going]).clamp_max(1), shorter)
    return bundle, residual


def _forbids(trial: BoundaryPoints, aim: Tensor, now: BoundaryPoints) -> Tensor:
    """Whether a trial's piece meets the others at x and keeps the aim out, by more than a trifle of the way to it.

    Then there is another aim; else the step was too long.
    """
    value = Bundle.of(trial, 1).meeting(now)[:, 0] + (trial.gradient * aim).sum(1)
    return value < -_TRIFLE * trial.gradient.norm(dim=1) * (aim - now.x).norm(dim=1)
