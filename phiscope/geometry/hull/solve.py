"""Projection onto the convex hull of many points: Yousefzadeh 2022, section 6, equations (20)-(25)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from phiscope.arrays import as_numpy, blocks, full_float32, is_tensor, require_finite
from phiscope.errors import DataError
from phiscope.geometry.hull.columns import HullSearch
from phiscope.geometry.hull.projection import NEAR, HullProjection, Verification
from phiscope.geometry.hull.verification import verify
from phiscope.geometry.hull.vertices import Vertices
from phiscope.geometry.inputs import floats, nonnegative, whole
from phiscope.geometry.norms import lengths

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["NEAR", "HullProjection", "Verification", "Vertices", "project", "verify"]

QUERIES = 256  # queries that one thread prices together


def project(
    points: NDArray | Tensor,
    vertices: NDArray | Tensor | Vertices,
    *,
    tol: float = 1e-10,
    max_rounds: int = 40,
    threads: int | None = None,
    start: HullProjection | None = None,
    without: NDArray | None = None,
    device: str = "cpu",
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

    tol bounds g / (‖z - x‖ R), R the radius of `HullProjection`, down to the rounding of float64 prices; queries
    within 1e-7 R of the hull count as touching it and may stop there. points and vertices: numpy or torch, float32
    or float64; float32 vertices may be memory-mapped and are not copied, unless they lie so far from the origin
    that digits would be lost. device: `cpu`, `cuda`, or `auto` for cuda where there is one: where products of 2^34
    multiplications and more are made and looked through, in full float32, so that the proof is the same; what is
    solved stays on the processor. Torch vertices on a card are priced there whatever it says. start: a projection
    of the same points whose supports are tried first. without (m,): row of the vertices that is left out for each
    point, as its own row where points are vertices themselves; `radius` stays that of all vertices. progress(done,
    m) is called as queries finish. Raises DataError for arrays that do not fit or hold values that are not finite
    or whose squares overflow, ConfigError for a tolerance or a count that is none, DeviceError for a card that is
    absent or too small.

    Wolfe 1976, Finding the nearest point in a polytope; column generation: Dantzig and Wolfe 1960. It replaces the
    sketching method of Yousefzadeh 2021, arXiv 2102.10502, which has no certificate.
    """
    tol, max_rounds = nonnegative(tol, "tol"), whole(max_rounds, "max_rounds", 1)
    threads = (os.cpu_count() or 1) if threads is None else whole(threads, "threads", 1)
    points = as_numpy(floats(points, "points")).astype(np.float64)
    vertices = vertices if isinstance(vertices, Vertices) else Vertices(vertices)
    if points.ndim != 2 or points.shape[1] != vertices.array.shape[1]:
        raise DataError(
            f"points {points.shape} and vertices {vertices.array.shape}: expected (m, d) and (n, d), n and d not 0"
        )
    require_finite(points, "points")
    without = None if without is None else _left_out(without, len(points), len(vertices))
    search = HullSearch(points, vertices, tol, max_rounds, without, device)
    if start is not None and without is not None:
        raise DataError("start and without: expected one of them")
    if start is not None:
        _require_start(start, len(points), vertices)
        for query in range(len(points)):
            search.begin(query, *start.support(query))
    elif search.small:
        search.begin_with_all()
    if progress is not None and len(points) and (search.status != "open").all():
        progress(len(points), len(points))
    if not (search.status == "open").any():
        return _result(search)
    with _alone(by_torch=is_tensor(search.light)), ThreadPoolExecutor(threads) as pool:
        while len(waiting := np.flatnonzero(search.status == "open")):
            parts = list(blocks(len(waiting), min(QUERIES, -(-len(waiting) // threads))))
            for _ in _done(pool, search, [waiting[part] for part in parts]):
                if progress is not None:
                    progress(int((search.status != "open").sum()), len(points))
    return _result(search)


def _done(pool: ThreadPoolExecutor, search: HullSearch, parts: list[NDArray]) -> Iterator[None]:
    """Advance all parts, yielding after each; a single one needs no thread."""
    if len(parts) == 1:
        search.advance(parts[0])
        yield
        return
    for job in as_completed([pool.submit(search.advance, part) for part in parts]):
        job.result()
        yield


@cache
def _libraries() -> ThreadpoolController:
    """Looked for once: that takes as long as a small projection."""
    return ThreadpoolController()


@contextmanager
def _alone(by_torch: bool) -> Iterator[None]:
    """Every thread works alone: products spread over no cores meanwhile, and torch multiplies in full float32."""
    if not by_torch:
        with _libraries().limit(limits=1, user_api="blas"):
            yield
        return
    import torch  # deferred: small projections do without

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with full_float32():
            yield
    finally:
        torch.set_num_threads(before)


def _left_out(rows: NDArray, queries: int, vertices: int) -> NDArray[np.int64]:
    rows = np.asarray(rows)
    if rows.shape != (queries,) or (queries and rows.dtype.kind not in "iu"):
        raise DataError(f"without {rows.shape}: expected ({queries},), one row of the vertices for each point")
    if queries and not 0 <= rows.min() <= rows.max() < vertices:
        raise DataError(
            f"without: got {rows.min()} to {rows.max()}; expected rows of the vertices, 0 to {vertices - 1}"
        )
    if queries and vertices == 1:
        raise DataError("without: leaves no vertex; expected two vertices at least")
    return rows.astype(np.int64)


def _require_start(start: HullProjection, queries: int, vertices: Vertices) -> None:
    n, d = vertices.array.shape
    known, sizes = start.support_indices, np.diff(start.support_offsets)
    if len(start.distance) != queries or known.max(initial=0) >= n or known.min(initial=0) < 0:
        raise DataError(f"start: expected a projection of {queries} points onto {n} vertices")
    if queries and not (sizes.min() >= 1 and sizes.max() <= min(n, d + 1) and (start.support_weights > 0).all()):
        raise DataError(f"start: expected 1 to {min(n, d + 1)} vertices for each point, and positive weights")


def _result(search: HullSearch) -> HullProjection:
    sizes, exponent = [len(indices) for indices, _ in search.supports], search.vertices.exponent
    distance, radius, gap = lengths(search.z - search.points), search.radius, search.gap
    nearest = search.vertices.outwards(search.z)
    if search.vertices.origin.any():  # differences to the origin were rounded; the gap is one of the numbers given
        gap = gap + 2.0**-50 * (distance + 4 * radius) * radius
        distance = lengths(np.ldexp(nearest - search.given, -exponent))
    return HullProjection(
        nearest=nearest,
        distance=np.ldexp(distance, exponent),
        support_indices=np.concatenate([np.empty(0, np.int64), *(indices for indices, _ in search.supports)]),
        support_weights=np.concatenate([np.empty(0), *(weights for _, weights in search.supports)]),
        support_offsets=np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64),
        gap=np.ldexp(gap, 2 * exponent),
        radius=np.ldexp(radius, exponent),
        rounds=search.rounds,
        status=search.status,
    )
