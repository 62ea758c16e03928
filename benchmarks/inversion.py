"""Images that map to points of feature space: `invert` beside the same without polish, and a first-order method.

The other method is what one would try first: an augmented Lagrangian whose inner problems Adam solves, given three
times the processor time that `invert` took for the same images.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from benchmarks import sets
from phiscope.arrays import unit_range
from phiscope.datasets import load
from phiscope.features import extract
from phiscope.geometry import hull
from phiscope.geometry.inversion import invert
from phiscope.geometry.margin import closest_flip
from phiscope.models.feature_map import FeatureMap

TOLERANCE = 1e-6
MULTIPLE = 3.0  # processor time of the augmented Lagrangian, in that of `invert`
Found = tuple[np.ndarray, float]  # images (m, ...) in float64, and seconds


@dataclass(frozen=True)
class Problem:
    """Images (m, c, h, w) in [0, 1] and the points of feature space (m, f) that their inversions shall map to."""

    target: str
    feature_map: FeatureMap
    images: np.ndarray
    points: np.ndarray


def problems(samples: int) -> Iterator[Problem]:
    """Closest flip points and hull projections of the first test samples, by the loaded ResNet-20."""
    preset = sets.preset()
    dataset = load(preset["dataset"]["path"], "test", reader="parquet", **preset["dataset"]["options"])
    raw = dataset.images[:samples]
    images = unit_range(raw).astype(np.float64)
    feature_map = sets.feature_map(torch.from_numpy(images[:2]).float())
    features = extract(feature_map, raw).astype(np.float64)
    weight, bias = (array.astype(np.float64) for array in sets.head())
    flips = closest_flip(features, weight, bias, rows="features", lower_bound=0.0)
    has = np.isfinite(flips.point).all(axis=1)
    yield Problem("flip", feature_map, images[has], flips.point[has])
    projected = hull.project(features, np.load(sets.CACHE / "feature-train.npy").astype(np.float64))
    yield Problem("hull", feature_map, images, projected.nearest)


def measure(samples: int) -> Iterator[dict]:
    """One row per target and method, in one thread."""
    torch.set_num_threads(1)
    for problem in problems(samples):
        ours = _by_invert(problem)
        yield _row("invert", problem, *ours)
        yield _row("invert, no polish, one start", problem, *_by_invert(problem, polishes=0, restarts=0, backtracks=0))
        limit = MULTIPLE * ours[1]
        name = f"augmented Lagrangian, Adam, {MULTIPLE:g} times the time"
        yield _row(name, problem, *augmented_lagrangian(problem, limit))


def _by_invert(problem: Problem, **options) -> Found:
    start = time.process_time()
    inversion = invert(problem.feature_map, problem.points, problem.images, tolerance=TOLERANCE, **options)
    return inversion.image, time.process_time() - start


def augmented_lagrangian(problem: Problem, limit: float, inner: int = 100) -> Found:
    """min ‖x − r‖² + λᵀc(x) + ρ/2 ‖c(x)‖², c(x) = (φ(x) − y)/‖y‖, images clipped to the box after every step of Adam.

    λ and ρ change after every `inner` steps: ρ doubles where ‖c‖ has not halved. Adam's rate falls from 1e-2 to 1e-4,
    geometrically in the time that has passed.
    """
    start = time.process_time()
    reference, y = torch.from_numpy(problem.images).float(), torch.from_numpy(problem.points).float()
    scale = y.norm(dim=1, keepdim=True)

    def violation(x: Tensor) -> Tensor:
        return (problem.feature_map(x) - y) / scale

    x = reference.clone().requires_grad_()
    multipliers, rho, before = torch.zeros_like(y), torch.ones(len(y)), torch.full((len(y),), torch.inf)
    adam = torch.optim.Adam([x], lr=1e-2)
    while (passed := (time.process_time() - start) / limit) < 1:
        adam.param_groups[0]["lr"] = 10 ** (-2 - 2 * passed)
        for _ in range(inner):
            adam.zero_grad()
            c = violation(x)
            away = (x - reference).flatten(1).square().sum(1)
            (away + (multipliers * c).sum(1) + 0.5 * rho * c.square().sum(1)).sum().backward()
            adam.step()
            with torch.no_grad():
                x.clamp_(0, 1)
        with torch.no_grad():
            c = violation(x)
            multipliers += rho[:, None] * c
            now = c.norm(dim=1)
            rho, before = torch.where(now > 0.5 * before, 2 * rho, rho), now
    return x.detach().double().numpy(), time.process_time() - start


def residuals(feature_map: Callable[[Tensor], Tensor], problem: Problem, images: np.ndarray) -> np.ndarray:
    """‖φ(x) − y‖ / ‖y‖ in float64."""
    with torch.no_grad():
        features = feature_map(torch.from_numpy(images)).numpy()
    return np.linalg.norm(features - problem.points, axis=1) / np.linalg.norm(problem.points, axis=1)


def _row(method: str, problem: Problem, images: np.ndarray, seconds: float) -> dict:
    residual = residuals(problem.feature_map.double(), problem, images)
    distance = np.linalg.norm((images - problem.images).reshape(len(images), -1), axis=1)
    return {
        "target": problem.target,
        "method": method,
        "samples": len(images),
        "solved": float((residual <= TOLERANCE).mean()),
        "residual_median": float(np.median(residual)),
        "residual_max": float(residual.max()),
        "distance_median": float(np.median(distance)),
        "seconds_per_sample": seconds / len(images),
    }
