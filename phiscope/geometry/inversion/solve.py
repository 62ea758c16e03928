"""Images whose features are a given point, or lie in or on a ball: Yousefzadeh 2022, sections 4 and 5, (15)-(19).

    min ‖x − x_r‖²  subject to  φ(x) = y  (or ‖φ(x) − y‖ <= r, or = r),  x in the pixel box

φ is a network, so the problem is not convex: every result is local, the best that was found from where the search
began, and says with its residual how well the constraint holds. The search has three parts: Newton's method from the
reference to an image that maps to the target (`restoration`; of many features, where its first step is in vain,
gradient steps, `gradients`), a polish along the null space of the Jacobian toward the
reference (`polish`), and the last Newton steps on features in float64.

Restarts are searches from the reference with noise, for targets that no start has reached. Targets that none reaches,
out of φ's range perhaps, end where the residual no longer falls: damped least squares (`damped`). Backtracks are
searches for targets that were reached, from a point part of the way back to the reference: Newton's path overshoots,
and one that begins nearer ends nearer. They shrink the way as backtracking of a line search shrinks a step, whence the
name; what they compare is the whole search behind each point, not the value there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phiscope.arrays import as_numpy, full_float32, generator, require_finite, span
from phiscope.errors import DataError
from phiscope.geometry.inversion import gradients
from phiscope.geometry.inversion.damped import damped_descent
from phiscope.geometry.inversion.maps import in_float32, in_float64, placed
from phiscope.geometry.inversion.memory import Batch, batch_that_fits, footprint, free_memory
from phiscope.geometry.inversion.polish import ALLOWED, polish
from phiscope.geometry.inversion.repeated import suits
from phiscope.geometry.inversion.restoration import Aim, BoxedNetwork, ImageSearch, relative_residual, restore

Where = Literal["inside", "perimeter"]
Report = Callable[[int, int], None]

_KICK = 0.02  # standard deviation of the noise that further starts begin with, in units of the box
_LOUDER = 5.0  # the ratio of the noise of one restart to that of the one before
_LAST_STEPS = 10  # Jacobians for the last digits after the polish
_IN_VAIN = 0.5  # ratio of the residuals after Newton's first step and before it
_AFTER_GRADIENTS = 20  # Jacobians: what gradients did not reach, Newton's method creeps towards
_POLISHES_OF_BALLS = 200  # a round costs one backward pass there, and f of them for a point


@dataclass(frozen=True)
class Inversion:
    """One row per problem, (b,) unless said.

    image (b, ...) float64 in the box. residual: distance of its features, computed in float64, to the nearest point
    that was asked for; scale: norm of the target (1 for the origin), which `relative` divides by. distance:
    ‖image − reference‖. jacobians: how many were taken, starts together, f gradient steps being one. status: `solved`
    (relative residual at most the tolerance), `reference` (it lies in the ball already and is the answer), or
    `unreached`: the residual is the smallest that was found, near a local minimum unless `damped_steps` ran out; the
    target is outside φ's range, or the search led nowhere.
    """

    image: NDArray[np.float64]
    residual: NDArray[np.float64]
    scale: NDArray[np.float64]
    distance: NDArray[np.float64]
    jacobians: NDArray[np.int64]
    status: NDArray[np.str_]

    def __repr__(self) -> str:
        counts = ", ".join(f"{n} {status}" for status, n in zip(*np.unique(self.status, return_counts=True)))
        return (
            f"Inversion({len(self.status)} images: {counts or 'none'}; distance {span(self.distance)}, "
            f"relative residual at most {self.relative.max(initial=0):.1g})"
        )

    @property
    def relative(self) -> NDArray[np.float64]:
        """residual / scale."""
        return self.residual / self.scale


@full_float32()
def invert(
    feature_map: Callable[[Tensor], Tensor],
    target: NDArray,
    reference: NDArray,
    *,
    radius: float | NDArray | None = None,
    where: Where = "inside",
    start: NDArray | None = None,
    lower: float = 0.0,
    upper: float = 1.0,
    tolerance: float = 1e-6,
    jacobians: int = 80,
    polishes: int = 8,
    starts: int = 1,
    restarts: int = 2,
    damped_steps: int = 40,
    backtracks: int = 1,
    seed: int = 0,
    streams: Sequence[int] | None = None,
    memory: float | None = None,
    device: str | None = None,
    report: Report = lambda done, total: None,
) -> Inversion:
    """min ‖x − reference‖² subject to φ(x) = target, or its features in or on a ball, and lower <= x <= upper.

    feature_map: (b, ...) -> (b, f), differentiable. An `nn.Module` is computed in evaluation mode, copied into float64
    for the last digits, and left as it is; another callable that has a method `double` gives its float64 version by
    that, and one without is called with float64 images itself. target (b, f): points y, or the centres of balls if
    `radius` (a number or (b,)) is given: then the features end in the ball, (15), or with where="perimeter" on its
    surface. reference (b, ...): the images to stay near, and where the search begins unless `start` (b, ...) is given.

    tolerance: of the residual, relative to the norm of the target. jacobians: most of one search (each costs f
    backward passes). polishes: rounds of the polish; 0 leaves Newton's result. starts: the nearest result of so many
    starts, the first at the reference, the others at it with noise. restarts: further starts for what none has solved.
    damped_steps: Jacobians that then bring the features as near to the target as they come; 0 leaves what was found.
    backtracks: searches for what is solved, from 1/2, 3/4, 7/8, ... of the way from the reference to the solution.
    seed, streams: problem k draws its noise from the random stream (seed, streams[k]), k itself unless given. memory:
    bytes that may be filled, which decide how many images one Jacobian is of, at most 16; a share of what is free
    unless given. device: where it is computed; unless given, where an `nn.Module` lies or what `feature_map.device`
    says, else the processor. A module that lies elsewhere is copied there. Problems never influence each other but for
    rounding.

    Raises DataError for shapes that do not fit, values that are not finite, references outside the box, negative radii,
    a callable that computes in float32 only, and where the memory does not do for one image.
    """
    target, reference, radius = _checked(target, reference, radius, lower, upper)
    shape = reference.shape[1:]
    if not len(reference):
        none = np.empty(0)
        return Inversion(reference, none, none, none, none.astype(np.int64), none.astype(np.str_))
    feature_map, device = placed(feature_map, device)
    rough, exact = in_float32(feature_map), in_float64(feature_map, reference[:1], device)
    flat = torch.from_numpy(reference.reshape(len(reference), -1)).to(device)
    network = BoxedNetwork(rough, exact, shape, lower, upper, suits(rough, flat[:1].float().view(-1, *shape)))
    first = (
        flat
        if start is None
        else torch.from_numpy(np.asarray(as_numpy(start), np.float64).reshape(flat.shape)).to(device)
    )
    batch = _batch(rough, flat, shape, free_memory(device) if memory is None else memory)
    aim = Aim(torch.from_numpy(target).to(device), torch.from_numpy(radius).to(device))
    finder = _Finder(network, flat, aim, tolerance, jacobians, polishes, damped_steps, backtracks, batch.images)
    attempts = _Attempts(starts, restarts, seed, range(len(flat)) if streams is None else [int(k) for k in streams])
    parts = []
    for rows in torch.arange(len(flat)).split(batch.group):
        parts.append(finder.find(rows, first[rows], attempts, stay_inside=where == "inside"))
        report(sum(len(part.status) for part in parts), len(flat))
    whole = {key: np.concatenate([getattr(part, key) for part in parts]) for key in Inversion.__dataclass_fields__}
    return replace(Inversion(**whole), image=whole["image"].reshape(reference.shape))


@dataclass(frozen=True)
class _Attempts:
    starts: int
    restarts: int
    seed: int
    streams: Sequence[int]


@dataclass(frozen=True)
class _Finder:
    network: BoxedNetwork
    references: Tensor
    aim: Aim
    tolerance: float
    jacobians: int
    polishes: int
    damped_steps: int
    backtracks: int
    batch: int

    def find(self, rows: Tensor, first: Tensor, attempts: _Attempts, *, stay_inside: bool) -> Inversion:
        aim, references = self.aim[rows], self.references[rows]
        at_home = self._inside(references, aim) & stay_inside
        best = self._from(references, aim, first, ~at_home)
        for attempt in range(1, attempts.starts + attempts.restarts):
            unsolved = best.residual > self.tolerance
            again = ~at_home & (unsolved if attempt >= attempts.starts else torch.ones_like(unsolved))
            if bool(again.any()):
                kicked = self._kicked(references, attempts, rows, attempt)
                self._keep_better(best, self._from(references, aim, kicked, again), references, again)
        self._damped(references, aim, best, ~at_home & (best.residual > self.tolerance))
        self._backtrack(references, aim, best, ~at_home)
        return self._result(best, references, aim, at_home)

    def _kicked(self, references: Tensor, attempts: _Attempts, rows: Tensor, attempt: int) -> Tensor:
        lower, upper = self.network.lower, self.network.upper
        streams = [generator(attempts.seed, attempts.streams[row], attempt) for row in rows.tolist()]
        noise = np.stack([stream.standard_normal(references.shape[1]) for stream in streams])
        kick = _KICK * _LOUDER ** max(attempt - attempts.starts, 0) * (upper - lower)
        return (references + kick * torch.from_numpy(noise).to(references)).clamp(lower, upper)

    def _inside(self, references: Tensor, aim: Aim) -> Tensor:
        away = (self.network.features(references, exact=True) - aim.centre).norm(dim=1)
        return away <= torch.maximum(aim.radius, self.tolerance * aim.scale)

    def _from(self, references: Tensor, aim: Aim, first: Tensor, wanted: Tensor) -> ImageSearch:
        """One search for the wanted rows; the others keep their reference."""
        residual = relative_residual(self.network, first, aim, exact=True)
        whole = ImageSearch(torch.where(wanted[:, None], first, references), residual)
        rows = wanted.nonzero().flatten()
        if not len(rows):
            return whole
        reached = self._search(references[rows], aim[rows], ImageSearch(first[rows].clone(), residual[rows].clone()))
        whole.images[rows], whole.residual[rows] = reached.images, reached.residual
        whole.jacobians[rows] = reached.jacobians
        return whole

    def _search(self, references: Tensor, aim: Aim, search: ImageSearch) -> ImageSearch:
        most = self._approach(aim, search) if gradients.worthwhile(aim) else self.jacobians
        self._restore(aim, search, most)
        # A residual that fell from afar was seen in float32; what it hides is made good.
        search.residual = relative_residual(self.network, search.images, aim, exact=True)
        self._restore(aim, search, most)
        self._polish(references, aim, search)
        return search

    def _approach(self, aim: Aim, search: ImageSearch) -> Tensor:
        """One Newton step, gradient steps where that was in vain; the most Jacobians (b,) that are worth it then."""
        before = search.residual.clone()
        restore(self.network, search, aim, tolerance=self.tolerance, most=1, batch=self.batch)
        vain = search.residual > (_IN_VAIN * before).clamp(min=self.tolerance)
        gradients.approach(self.network, search, aim, vain, tolerance=self.tolerance, batch=self.batch)
        return torch.where(vain, min(self.jacobians, _AFTER_GRADIENTS), self.jacobians)

    def _restore(self, aim: Aim, search: ImageSearch, most: int | Tensor) -> None:
        restore(self.network, search, aim, tolerance=self.tolerance, most=most, batch=self.batch)

    def _polish(self, references: Tensor, aim: Aim, search: ImageSearch) -> None:
        near = (search.residual <= ALLOWED).nonzero().flatten()
        if not self.polishes or not len(near):
            return
        polished = ImageSearch(search.images[near], search.residual[near])
        rounds = self.polishes if bool((aim.radius == 0).all()) else max(self.polishes, _POLISHES_OF_BALLS)
        polish(self.network, polished, references[near], aim[near], most=rounds, batch=self.batch)
        finished = ImageSearch(polished.images, relative_residual(self.network, polished.images, aim[near], exact=True))
        restore(self.network, finished, aim[near], tolerance=self.tolerance, most=_LAST_STEPS, batch=self.batch)
        other = ImageSearch(search.images.clone(), torch.full_like(search.residual, torch.inf))
        other.images[near], other.residual[near] = finished.images, finished.residual
        other.jacobians[near] = polished.jacobians + finished.jacobians
        self._keep_better(search, other, references, torch.isfinite(other.residual))

    def _damped(self, references: Tensor, aim: Aim, best: ImageSearch, unsolved: Tensor) -> None:
        """What no start has solved goes on from the best of them to the nearest local minimum of the residual."""
        rows = unsolved.nonzero().flatten()
        search = ImageSearch(best.images[rows], best.residual[rows])
        damped_descent(
            self.network, search, aim[rows], tolerance=self.tolerance, most=self.damped_steps, batch=self.batch
        )
        self._polish(references[rows], aim[rows], search)
        best.images[rows], best.residual[rows] = search.images, search.residual
        best.jacobians[rows] += search.jacobians

    def _backtrack(self, references: Tensor, aim: Aim, best: ImageSearch, wanted: Tensor) -> None:
        """What is solved is sought again from nearer to the reference, where Newton's path overshoots less."""
        for number in range(1, self.backtracks + 1):
            again = wanted & (best.residual <= self.tolerance)
            if not bool(again.any()):
                return
            first = references + (1 - 0.5**number) * (best.images - references)
            self._keep_better(best, self._from(references, aim, first, again), references, again)

    def _keep_better(self, best: ImageSearch, other: ImageSearch, references: Tensor, rows: Tensor) -> None:
        """Solved before unsolved; among the solved the nearer one, among the others the smaller residual."""
        best.jacobians += torch.where(rows, other.jacobians, 0)
        nearer = (other.images - references).norm(dim=1) < (best.images - references).norm(dim=1)
        solved, was = other.residual <= self.tolerance, best.residual <= self.tolerance
        better = rows & torch.where(solved & was, nearer, other.residual < best.residual)
        best.images[better], best.residual[better] = other.images[better], other.residual[better]

    def _result(self, best: ImageSearch, references: Tensor, aim: Aim, at_home: Tensor) -> Inversion:
        relative = relative_residual(self.network, best.images, aim, exact=True)
        relative = torch.where(at_home, torch.zeros_like(relative), relative)
        reached = (relative <= self.tolerance).cpu().numpy()
        status = np.where(at_home.cpu().numpy(), "reference", np.where(reached, "solved", "unreached"))
        return Inversion(
            best.images.cpu().numpy(),
            (relative * aim.scale).cpu().numpy(),
            aim.scale.cpu().numpy(),
            (best.images - references).norm(dim=1).cpu().numpy(),
            best.jacobians.cpu().numpy(),
            status,
        )


def _batch(feature_map: Callable[[Tensor], Tensor], flat: Tensor, shape: tuple[int, ...], memory: float) -> Batch:
    return batch_that_fits(footprint(feature_map, flat[:1].view(-1, *shape)), memory)


def _checked(
    target: NDArray, reference: NDArray, radius: float | NDArray | None, lower: float, upper: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    target, reference = (np.array(as_numpy(each), np.float64) for each in (target, reference))
    if target.ndim != 2 or len(target) != len(reference):
        raise DataError(
            f"invert: targets {target.shape} and references {reference.shape}; expected (b, f) and (b, ...)"
        )
    require_finite(target, "targets of the inversion")
    require_finite(reference.reshape(len(reference), math.prod(reference.shape[1:])), "references of the inversion")
    if reference.size and (reference.min() < lower or reference.max() > upper):
        raise DataError(
            f"invert: references lie in [{reference.min():g}, {reference.max():g}], outside the box "
            f"[{lower:g}, {upper:g}]; scale them or give `lower` and `upper`"
        )
    radius = np.broadcast_to(np.asarray(0.0 if radius is None else radius, np.float64), (len(target),)).copy()
    if (radius < 0).any() or ((radius == 0).any() and (radius > 0).any()):
        raise DataError(
            "invert: radii must be all 0 (points) or all positive (balls); give points and balls in two calls"
        )
    return target, reference, radius
