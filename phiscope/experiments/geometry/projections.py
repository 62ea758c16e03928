"""Projections onto a hull as columns of the table `hulls`, so many queries at a time as memory allows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope import tables
from phiscope.arrays import blocks
from phiscope.geometry import hull
from phiscope.head import ROUNDING


def projected(
    points: NDArray,
    vertices: NDArray,
    numbers: NDArray[np.int64],
    space: str,
    *,
    noise: NDArray[np.float64] | None = None,
    tolerance: float,
    threads: int,
    device: str = "cpu",
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """`tables.hull_columns` of points (m, d) onto the hull of vertices (n, d); numbers[k] is vertex k's sample.

    noise (m,): of points and vertices together, None for 0. device: where large products are made, see `hull.project`.
    """
    noise, parts = np.zeros(len(points)) if noise is None else noise, []
    prepared = hull.Vertices(vertices)
    for rows in blocks(len(points), hull.queries_at_a_time(points.shape[1])):
        told = None if progress is None else _from(rows.start, len(points), progress)
        projection = hull.project(points[rows], prepared, tol=tolerance, threads=threads, device=device, progress=told)
        parts.append(tables.hull_columns(projection, numbers, space, noise[rows]))
    return {name: _joined([part[name] for part in parts]) for name in parts[0]}


def _from(before: int, count: int, progress: Callable[[int, int], None]) -> Callable[[int, int], None]:
    return lambda done, _: progress(before + done, count)


def _joined(parts: list[Any]) -> Any:
    return np.concatenate(parts) if isinstance(parts[0], np.ndarray) else list(chain.from_iterable(parts))


def rounding_of(images: NDArray) -> NDArray[np.float64]:
    """(m,) how far the pixels of images (m, channels, h, w) may be from what was computed: those of floats are rounded
    to float32, by 2^-24 of each; what is read from 8 bits is the image itself."""
    if images.dtype == np.uint8:
        return np.zeros(len(images))
    pixels = images.reshape(len(images), -1)
    return ROUNDING * np.sqrt(np.einsum("ij,ij->i", pixels, pixels, dtype=np.float64))
