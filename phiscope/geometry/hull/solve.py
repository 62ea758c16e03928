"""Projection onto the convex hull of many points: Yousefzadeh 2022, section 6, equations (20)-(25)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from phiscope.arrays import as_numpy, blocks, is_tensor, require_finite
from phiscope.errors import DataError
from phiscope.geometry.hull.columns import HullSearch, Vertices
from phiscope.geometry.hull.projection import NEAR, HullProjection, Verification
from phiscope.geometry.hull.verification import verify

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["NEAR", "HullProjection", "Verification", "project", "verify"]

QUERIES = 256  # queries that one thread prices together


def project(
    points: NDArray | Tensor,
    vertices: NDArray | Tensor,
    *,
    tol: float = 1e-10,
    max_rounds: int = 40,
    threads: int | None = None,
    start: HullProjection | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> HullProjection:
    """min ½‖z - x‖²  subject to  z = αD,  α >= 0,  Σα = 1,  for every row x of points (m, d), D = vertices (n, d).

    Equations (20)-(23). Column generation: every 27th vertex, every 9th, every 3rd, then all are priced by a float32
    product with the directions z - x. Each query keeps its couple of hundred lowest prices, and an active-set method
    (Wolfe 1976) solves the problem over these exactly, in float64. All vertices are priced until none violates
    optimality; kept vertices are priced again in float64, and the rounding of the others is bounded, so that the last
    pricing is the certificate. Blocks of queries are worked on by `threads` threads (default: all cores), each by
    itself and in its own cache.

    Certificate: f(z) = ½‖z - x‖² is convex, so f(z) - f(z*) <= <∇f(z), z - z*> = <z - x, z - z*>; z* is a convex
    combination of vertices, so that is at most g = max_j <z - x, z - d_j>. As f is 1-strongly convex, ‖z - z*‖² <=
    <z - x, z - z*> - <z* - x, z - z*> <= g; <z - x, z* - x> >= ‖z - x‖² - g gives ‖z* - x‖ >= ‖z - x‖ - g / ‖z - x‖.

    tol bounds g / (‖z - x‖ R), R the radius of `HullProjection`, down to the rounding of float64 prices; queries within
    1e-7 R of the hull count as touching it and may stop there. points and vertices: numpy or torch, float32 or float64;
    float32 vertices may be memory-mapped and are not copied, unless they lie so far from the origin that digits would
    be lost. Torch vertices on a GPU are priced there. start: a projection of the same points whose supports are tried
    first. progress(done, m) is called as queries finish. Raises DataError for shapes that do not fit or values that
    are not finite.

    Wolfe 1976, Finding the nearest point in a polytope; column generation: Dantzig and Wolfe 1960. It replaces the
    sketching method of Yousefzadeh 2021, arXiv 2102.10502, which has no certificate.
    """
    points = as_numpy(_checked(points, "points")).astype(np.float64)
    vertices = _checked(vertices, "vertices")
    if points.ndim != 2 or vertices.ndim != 2 or points.shape[1] != vertices.shape[1] or 0 in vertices.shape:
        raise DataError(
            f"points {points.shape} and vertices {tuple(vertices.shape)}: expected (m, d) and (n, d), n and d not 0"
        )
    require_finite(points, "points")
    search = HullSearch(points, Vertices(vertices, len(points)), tol, max_rounds)
    if start is not None:
        if len(start.distance) != len(points) or start.support_indices.max(initial=0) >= len(vertices):
            raise DataError(f"start: expected a projection of {len(points)} points onto {len(vertices)} vertices")
        for query in range(len(points)):
            search.begin(query, *start.support(query))
    with _threads(threads or os.cpu_count() or 1, by_torch=is_tensor(search.vertices.light)) as pool:
        while len(waiting := np.flatnonzero(search.status == "open")):
            size = min(QUERIES, -(-len(waiting) // pool._max_workers))
            jobs = [pool.submit(search.advance, waiting[part]) for part in blocks(len(waiting), size)]
            for job in as_completed(jobs):
                job.result()
                if progress is not None:
                    progress(int((search.status != "open").sum()), len(points))
    return _result(search)


@contextmanager
def _threads(count: int, by_torch: bool) -> Iterator[ThreadPoolExecutor]:
    """Threads that each work alone: products spread over no cores meanwhile, and torch multiplies in full float32."""
    if not by_torch:
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(count) as pool:
            yield pool
        return
    import torch  # deferred: small projections do without

    before, precision = torch.get_num_threads(), torch.get_float32_matmul_precision()
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("highest")
    try:
        with ThreadPoolExecutor(count) as pool:
            yield pool
    finally:
        torch.set_num_threads(before)
        torch.set_float32_matmul_precision(precision)


def _checked(array: NDArray | Tensor, name: str) -> NDArray | Tensor:
    array = array if is_tensor(array) else np.asanyarray(array)
    if str(array.dtype).removeprefix("torch.") not in ("float32", "float64"):
        raise DataError(f"{name} are {array.dtype}; expected float32 or float64")
    return array


def _result(search: HullSearch) -> HullProjection:
    sizes = [len(indices) for indices, _ in search.supports]
    return HullProjection(
        nearest=search.z + search.vertices.origin,
        distance=np.linalg.norm(search.z - search.points, axis=1),
        support_indices=np.concatenate([np.empty(0, np.int64), *(indices for indices, _ in search.supports)]),
        support_weights=np.concatenate([np.empty(0), *(weights for _, weights in search.supports)]),
        support_offsets=np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64),
        gap=search.gap,
        radius=search.radius,
        rounds=search.rounds,
        status=search.status,
    )
