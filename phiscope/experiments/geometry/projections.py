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


def projected(
    points: NDArray,
    vertices: NDArray,
    numbers: NDArray[np.int64],
    space: str,
    *,
    tolerance: float,
    threads: int,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """`tables.hull_columns` of points (m, d) onto the hull of vertices (n, d); numbers[k] is vertex k's sample."""
    parts = []
    for rows in blocks(len(points), hull.queries_at_a_time(points.shape[1])):
        told = None if progress is None else _from(rows.start, len(points), progress)
        projection = hull.project(points[rows], vertices, tol=tolerance, threads=threads, progress=told)
        parts.append(tables.hull_columns(projection, numbers, space))
    return {name: _joined([part[name] for part in parts]) for name in parts[0]}


def _from(before: int, count: int, progress: Callable[[int, int], None]) -> Callable[[int, int], None]:
    return lambda done, _: progress(before + done, count)


def _joined(parts: list[Any]) -> Any:
    return np.concatenate(parts) if isinstance(parts[0], np.ndarray) else list(chain.from_iterable(parts))
