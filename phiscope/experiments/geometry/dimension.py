"""How many dimensions it takes for test samples to lie outside the hull of the training samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope import tables
from phiscope.arrays import blocks, rows_at_a_time, scatter
from phiscope.geometry import hull
from phiscope.stats.intervals import Estimate, Resampling, median_of, share_of

_POINTS = 8192  # that are projected at a time


class Space(NamedTuple):
    """Vectors of training (n, d) and test samples (m, d), with the noise (n,), (m,) of each."""

    name: str
    train: NDArray
    test: NDArray
    train_noise: NDArray[np.float64]
    test_noise: NDArray[np.float64]


def by_dimension(
    space: Space,
    dimensions: Iterable[int],
    *,
    tolerance: float,
    threads: int,
    options: Resampling,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """One row per number k of principal directions of the training samples, below d, and one for all d.

    Samples are projected onto the k directions in which training samples vary most, and there onto the hull of the
    training samples. Columns: space, k, dimensions (d), n (test samples), vertices; variance, the share of the training
    samples' that lies in these directions; outside, the share of test samples that are proven outside by more than
    noise, within_noise, that of those for which it decides; distance, the median to the hull over radius, the median
    distance of training samples from their mean, in the same directions; outside and distance with _low and _high.

    Balestriero, Pesenti and LeCun 2021, Learning in High Dimension Always Amounts to Extrapolation, arXiv 2110.09485,
    ask the same of principal components and of latent spaces.
    """
    mean = space.train.mean(axis=0, dtype=np.float64)
    variances, directions = _principal(scatter(space.train, mean) / len(space.train))
    train, test = (_turned(vectors, mean, directions) for vectors in (space.train, space.test))
    d = train.shape[1]
    wanted = sorted({k for k in dimensions if k < d} | {d})
    noise, rows = space.test_noise + space.train_noise.max(initial=0.0), []
    for place, k in enumerate(wanted):
        position, distance = _placed(test[:, :k], hull.Vertices(train[:, :k]), noise, tolerance, threads)
        radius = float(np.median(np.linalg.norm(train[:, :k], axis=1)))
        about = {"space": space.name, "k": k, "dimensions": d, "n": len(test), "vertices": len(train)}
        about |= {"variance": _share(variances[:k].sum(), variances.sum())}
        about |= _columns("outside", share_of(position == "outside", options))
        about |= {"within_noise": float((position == "within_noise").mean())}
        about |= _columns("distance", median_of(distance / (radius or 1.0), options))
        rows.append(about | {"radius": radius})
        if progress is not None:
            progress(place + 1, len(wanted))
    return pd.DataFrame(rows)


def _principal(covariance: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Variances (d,) and directions (d, d), the largest first."""
    variances, directions = np.linalg.eigh(covariance)
    return variances[::-1].clip(0), directions[:, ::-1]


def _turned(vectors: NDArray, mean: NDArray, directions: NDArray) -> NDArray[np.float64]:
    """Vectors (n, d) along the directions, from the mean."""
    found = np.empty(vectors.shape)
    for part in blocks(len(vectors), rows_at_a_time(vectors.shape[1])):
        found[part] = (vectors[part] - mean) @ directions
    return found


def _placed(
    points: NDArray, vertices: hull.Vertices, noise: NDArray, tolerance: float, threads: int
) -> tuple[NDArray, NDArray[np.float64]]:
    """Position and distance (m,) of points (m, k), some at a time: a projection keeps the nearest point of each."""
    parts = []
    for part in blocks(max(len(points), 1), _POINTS):  # of no points as well
        projection = hull.project(points[part], vertices, tol=tolerance, threads=threads)
        parts.append((tables.position_beyond(projection, noise[part]), projection.separation))
    positions, distances = zip(*parts)
    return np.concatenate(positions), np.concatenate(distances)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 1.0


def _columns(name: str, estimate: Estimate) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), (estimate.value, estimate.low, estimate.high)))
