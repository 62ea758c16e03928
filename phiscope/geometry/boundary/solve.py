"""min ‖x − x₀‖ subject to z_i(x) = z_j(x) >= z_k(x) for all k, 0 <= x <= 1: flip points in pixel space, in batches."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.arrays import blocks, device_of, require_finite, unit_range
from phiscope.errors import DataError
from phiscope.geometry.activations import images_at_a_time
from phiscope.geometry.boundary.descent import STATIONARY, BoundaryPoints, settle, slide
from phiscope.geometry.boundary.lead import Lead
from phiscope.geometry.boundary.polish import Polished, polish
from phiscope.geometry.boundary.starts import crossing, towards_classes

TOLERANCE = 1e-2  # of the residual: the distance can fall by half its square of itself, to first order
ON_BOUNDARY = 1e-9  # of the largest logit: difference of the two that are equal
STATUSES = ("stationary", "stopped", "not_found")

_TOWARDS = 2  # classes that a search begins towards
_BRACKETS = 6  # rounds on the line from the sample to a start
_SLIDES = ((5, 3), (2, 5), (1, 6))  # how many searches of a sample go on, the shortest ones, and for how many rounds
_ROUNDING = 2.0**-22  # of ‖x₀‖: how far float32 may leave an image from where it is to be
_SETTLES, _PIECES = 30, 16
_BATCH = 125  # samples at a time
_COPIES = 4 * _PIECES


@dataclass(frozen=True)
class ClosestImages:
    """One entry for each of m samples; NaN, −1 and the sample's own image where none was found.

    image (m, channels, h, w), float64 in [0, 1]; distance: ‖x − x₀‖; own: class of the sample; other: class whose logit
    equals that of `own` at x; difference: of these two logits, in float64; behind: how far the third logit is behind
    them; residual: of the KKT conditions, ‖x − y‖ / ‖x − x₀‖ (see `descent.settle`); pieces: of the network, whose
    gradients hold x; start: name of the start that led there; gradients: that were computed; status: `stationary`
    where the residual is at most TOLERANCE, `stopped` where it is on the boundary and the residual is larger,
    `not_found`.
    """

    image: NDArray[np.float64]
    distance: NDArray[np.float64]
    own: NDArray[np.int64]
    other: NDArray[np.int64]
    difference: NDArray[np.float64]
    behind: NDArray[np.float64]
    residual: NDArray[np.float64]
    pieces: NDArray[np.int64]
    start: NDArray[np.str_]
    gradients: NDArray[np.float64]
    status: NDArray[np.str_]


def closest_image(
    network: nn.Module,
    images: NDArray,
    *,
    starts: Mapping[str, NDArray] | None = None,
    device: str | None = None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> ClosestImages:
    """min ‖x − x₀‖ subject to z_i(x) = z_j(x) >= z_k(x) for all k, 0 <= x <= 1, for each image x₀: a local solution.

    network: images (b, channels, h, w) in [0, 1] to logits (b, classes), differentiable; images (m, channels, h, w),
    uint8 or float in [0, 1]. starts: name -> images (m, channels, h, w) of another class for each sample, such as what
    attacks found, or training images; rows of NaN for none. What is found is never farther than a start of another
    class. Searches begin there and towards the classes whose linearised boundaries are closest; every one slides along
    the boundary, the one that comes nearest goes on to a stationary point, in float32, and its logits are made equal by
    Newton's steps in float64; where it is not stationary then, it goes on in float64. One of the two equal logits is
    that of the sample's own class: whoever leaves its region on the straight way crosses that boundary first. Not a
    proof: there may be a nearer image (docs/reading.md).

    device: where copies of the network compute; where it lies unless given.

    For networks of pieces that are linear, as with ReLU, second derivatives vanish and the steps are Newton's on the
    KKT conditions. Raises DataError for images that are not finite or starts of another shape.
    """
    starts = dict(starts or {})
    _check(images, starts)
    device = str(device_of(network)) if device is None else device
    # Copies: what is passed in stays as it is.
    network, exact = (copy.deepcopy(network).to(device, kind).eval() for kind in (torch.float32, torch.float64))
    network.requires_grad_(False)
    exact.requires_grad_(False)
    first = torch.from_numpy(unit_range(images[:1])).to(device)
    batch = images_at_a_time(network, first, _BATCH, gradient=True, copies=_COPIES)
    parts, done = [], 0
    for rows in blocks(len(images), batch):
        given = {name: torch.from_numpy(unit_range(each[rows])).to(device).flatten(1) for name, each in starts.items()}
        pixels = torch.from_numpy(unit_range(images[rows])).to(device)
        parts.append(_of_batch(network, exact, pixels, given, batch))
        done += len(pixels)
        report(done, len(images))
    joined = {name: np.concatenate([part[name] for part in parts]) for name in ClosestImages.__dataclass_fields__}
    return ClosestImages(**joined)


def _check(images: NDArray, starts: Mapping[str, NDArray]) -> None:
    if images.ndim != 4 or not len(images):
        raise DataError(f"closest_image: images have shape {images.shape}; expected (m, channels, h, w), one at least")
    require_finite(images, "closest_image: images")
    for name, start in starts.items():
        if start.shape != images.shape:
            raise DataError(
                f"closest_image: start {name!r} has shape {start.shape}, images {images.shape}; give one each"
            )


def _of_batch(
    network: nn.Module, exact: nn.Module, pixels: Tensor, given: Mapping[str, Tensor], batch: int
) -> dict[str, NDArray]:
    shape, x0 = pixels.shape[1:], pixels.flatten(1).clamp(0, 1)
    lead = Lead(network, tuple(shape), batch)
    own = lead.logits(x0).argmax(1)
    towards = towards_classes(lead, x0, own, _TOWARDS)
    names = [*(f"class {k + 1}" for k in range(len(towards))), *given]
    beyond = torch.stack([*towards, *given.values()], 1)
    there = torch.isfinite(beyond).all(2)
    beyond = torch.where(there.unsqueeze(2), beyond, x0.unsqueeze(1)).clamp(0, 1)
    x, crosses = crossing(
        lead, x0.repeat_interleave(len(names), 0), own.repeat_interleave(len(names), 0), beyond.flatten(0, 1), _BRACKETS
    )
    crosses = crosses.view_as(there) & there
    chosen, best = _shortest(lead, x0, own, x.view_as(beyond), crosses)
    bundle, _ = settle(lead, chosen, _PIECES, _SETTLES)
    limits = torch.where(crosses, (beyond - x0.unsqueeze(1)).norm(dim=2), torch.inf)
    nearest = beyond[torch.arange(len(x0), device=x0.device), limits.argmin(1)]
    precise = Lead(exact, tuple(shape), batch)
    polished = polish(precise, chosen, bundle, nearest)
    _settle_again(precise, x0, own, polished, nearest)
    lead.gradients += precise.gradients
    found = crosses.any(1) & (polished.difference.abs() <= ON_BOUNDARY * polished.scale)
    return _columns(x0, shape, own, found, polished, np.array(names)[best.cpu().numpy()], lead)


def _settle_again(precise: Lead, x0: Tensor, own: Tensor, polished: Polished, nearest: Tensor) -> None:
    """Those that are not stationary once more, in float64, and those whose residual may be float32's: it has few digits
    of images that are very near, and Newton's steps can end on another piece than the one that they began on."""
    rounded = _ROUNDING * x0.double().norm(dim=1)
    single = (polished.residual > STATIONARY) & (polished.residual * polished.distance <= rounded)
    rows = ((polished.residual > TOLERANCE) | single).nonzero().flatten()
    if not len(rows):
        return
    points = BoundaryPoints.at(precise, x0[rows].double(), own[rows], polished.x[rows])
    bundle, _ = settle(precise, points, _PIECES, _SETTLES)
    again = polish(precise, points, bundle, nearest[rows])
    better = (again.residual < polished.residual[rows]) & (again.distance <= polished.distance[rows])
    polished.take(rows, again, better)


def _shortest(lead: Lead, x0: Tensor, own: Tensor, x: Tensor, crosses: Tensor) -> tuple[BoundaryPoints, Tensor]:
    """The search of each sample that comes nearest, and the number (m,) of its start.

    x (m, s, p): images on the boundary, crosses (m, s): where there is one. The nearest slide along it, and of
    these the nearest go on.
    """
    each = torch.arange(len(x0), device=x0.device)[:, None]
    lengths = torch.where(crosses, (x - x0.unsqueeze(1)).norm(dim=2), torch.inf)
    kept = lengths.argsort(dim=1, stable=True)[:, : _SLIDES[0][0]]
    count = kept.shape[1]
    points = BoundaryPoints.at(
        lead, x0.repeat_interleave(count, 0), own.repeat_interleave(count, 0), x[each, kept].flatten(0, 1)
    )
    for survivors, rounds in _SLIDES:
        lengths = torch.where(crosses.gather(1, kept), points.length.view_as(kept), torch.inf)
        order = lengths.argsort(dim=1, stable=True)[:, :survivors]
        points = points[(each * kept.shape[1] + order).flatten()]
        kept = kept.gather(1, order)
        slide(lead, points, rounds)
    return points, kept[:, 0]


def _columns(
    x0: Tensor,
    shape: torch.Size,
    own: Tensor,
    found: Tensor,
    polished: Polished,
    start: NDArray[np.str_],
    lead: Lead,
) -> dict[str, NDArray]:
    none = ~found

    def numbers(values: Tensor, missing: float) -> NDArray:
        return values.masked_fill(none, missing).cpu().numpy()

    stationary = polished.residual <= TOLERANCE
    status = np.where(stationary.cpu().numpy(), "stationary", "stopped")
    found_here = found.cpu().numpy()
    return {
        "image": torch.where(found[:, None], polished.x, x0.double()).view(-1, *shape).cpu().numpy(),
        "distance": numbers(polished.distance, np.nan),
        "own": own.cpu().numpy(),
        "other": numbers(polished.other, -1),
        "difference": numbers(polished.difference, np.nan),
        "behind": numbers(polished.behind, np.nan),
        "residual": numbers(polished.residual, np.nan),
        "pieces": numbers(polished.pieces, 0),
        "start": np.where(found_here, start, ""),
        "gradients": np.full(len(x0), lead.gradients / len(x0)),
        "status": np.where(found_here, status, "not_found"),
    }
