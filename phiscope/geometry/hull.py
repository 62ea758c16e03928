"""Projection onto the convex hull of many points: section 6, equations (20)-(25)."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from phiscope.arrays import blocks, require_finite
from phiscope.errors import DataError
from phiscope.geometry import _wolfe

Array = NDArray | torch.Tensor

QUERIES = 256  # solved together, sharing a pool of vertices
COLUMNS = 8192  # vertices priced at a time
ENTERING = 16  # vertices that a query may take from one pricing of its pool
SHARED = 16  # vertices that a query puts into the pool from one pricing of everything
FAR = 100.0  # vertices whose offset from the origin exceeds their spread so many times are moved there
NEAR = 1e-7  # a query this close, relative to the hull's radius, counts as touching the hull
_ROUNDING = 4e-16  # a float64 price is good to this, relative to distance times the largest vertex
_FLOAT32 = 1e-6  # what a float32 price is good for, relative to distance times radius


@dataclass(frozen=True)
class HullProjection:
    """Nearest points of the hull, and what proves them.

    nearest (m, d); distance (m,) = ‖nearest - x‖; gap (m,) = max_j <z - x, z - d_j>, taken over all vertices in
    float64 at the end; radius (m,): largest distance from the nearest point to a far vertex, never more than
    to the farthest; rounds (m,) pricings of all vertices; status (m,): `converged` or `max_rounds`. Supports lie
    one after the other: those of query i at support_offsets[i] to support_offsets[i + 1].
    """

    nearest: NDArray[np.float64]
    distance: NDArray[np.float64]
    support_indices: NDArray[np.int64]
    support_weights: NDArray[np.float64]
    support_offsets: NDArray[np.int64]
    gap: NDArray[np.float64]
    radius: NDArray[np.float64]
    rounds: NDArray[np.int64]
    status: NDArray[np.str_]

    def support(self, query: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows of the vertices with a positive coefficient α in equation (21), and the coefficients."""
        part = slice(self.support_offsets[query], self.support_offsets[query + 1])
        return self.support_indices[part], self.support_weights[part]

    @property
    def distance_lower(self) -> NDArray[np.float64]:
        """‖z - x‖ - g / ‖z - x‖, at least 0: no point of the hull is closer."""
        with np.errstate(divide="ignore", invalid="ignore"):
            bound = self.distance - self.gap / self.distance
        return np.nan_to_num(bound, nan=0.0, neginf=0.0).clip(0)

    @property
    def relative_gap(self) -> NDArray[np.float64]:
        """g / (‖z - x‖ R); 0 where the distance is 0."""
        scale = self.distance * self.radius
        return np.divide(self.gap, scale, out=np.zeros_like(scale), where=scale > 0)

    @property
    def position(self) -> NDArray[np.str_]:
        """What is proven: `outside` (the lower bound is above 0), `within_tolerance` of the hull, or `undecided`."""
        touching = self.distance <= NEAR * self.radius
        outside = ~touching & (self.distance_lower > 0)
        return np.where(touching, "within_tolerance", np.where(outside, "outside", "undecided"))


def project(
    points: Array,
    vertices: Array,
    *,
    tol: float = 1e-10,
    max_rounds: int = 30,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> HullProjection:
    """min ½‖z - x‖²  subject to  z = αD,  α >= 0,  Σα = 1,  for every row x of points (m, d), D = vertices (n, d).

    Equations (20)-(23). Column generation: queries that lie together share a pool of vertices. Within the pool,
    each takes the vertices that most violate optimality, and an active-set method (Wolfe 1976) solves the small
    problem exactly; then all n vertices are priced by one float32 product and violators join the pool. A last
    pricing in float64 gives the certificate or starts another round.

    Certificate: f(z) = ½‖z - x‖² is convex, so f(z) - f(z*) <= <∇f(z), z - z*> = <z - x, z - z*>; z* is a convex
    combination of vertices, so that is at most g = max_j <z - x, z - d_j>. As f is 1-strongly convex, ½‖z - z*‖²
    <= f(z) - f(z*) - <∇f(z*), z - z*> <= g, and ‖z* - x‖ >= ‖z - x‖ - g / ‖z - x‖.

    tol bounds g / (‖z - x‖ R), R the radius of `HullProjection`; queries within NEAR·R of the hull count as
    touching it and stop there. points and vertices: numpy or torch, float32 or float64; float32 vertices may be
    memory-mapped and are not copied, unless they lie so far from the origin that digits would be lost. Torch
    vertices on a GPU are priced there. progress(done, m) is called as blocks of queries finish. Raises
    DataError for shapes that do not fit or values that are not finite.

    Wolfe 1976, Finding the nearest point in a polytope. It replaces the sketching method of Yousefzadeh 2021,
    arXiv 2102.10502, which has no certificate.
    """
    device = vertices.device if isinstance(vertices, torch.Tensor) else torch.device("cpu")
    points, vertices = _as_numpy(points, "points").astype(np.float64), _as_numpy(vertices, "vertices")
    if points.ndim != 2 or vertices.ndim != 2 or points.shape[1] != vertices.shape[1] or 0 in vertices.shape:
        raise DataError(
            f"points {points.shape} and vertices {vertices.shape}: expected (m, d) and (n, d), n and d not 0"
        )
    origin = vertices[:COLUMNS].astype(np.float64).mean(0)
    spread = np.abs(vertices[:COLUMNS] - origin).max()
    if np.abs(origin).max() > FAR * spread:
        points, vertices = points - origin, vertices - origin
    else:
        origin = np.zeros_like(origin)
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        problem = _Problem(points, vertices, tol, max_rounds, device, pool)
        order = _alike(points)
        for part in blocks(len(points), QUERIES):
            problem.solve(order[part])
            if progress is not None:
                progress(part.stop, len(points))
        return problem.result(origin)


class _Problem:
    """Vertices, and the state of every query."""

    def __init__(self, points, vertices, tol: float, max_rounds: int, device, pool: ThreadPoolExecutor) -> None:
        m, (n, d) = len(points), vertices.shape
        self.points, self.vertices, self.tol, self.max_rounds = points, vertices, tol, max_rounds
        self.device, self.pool = device, pool
        self.light = vertices if vertices.dtype == np.float32 else vertices.astype(np.float32)
        self.squares = np.empty(n)
        for part in blocks(n, COLUMNS):
            chunk = vertices[part].astype(np.float64)
            require_finite(chunk, f"vertices {part.start} to {part.stop}")
            self.squares[part] = (chunk**2).sum(1)
        self.largest = float(np.sqrt(self.squares.max()))
        self.far = self._far_vertices()
        self.buffer = torch.empty(QUERIES * COLUMNS, dtype=torch.float32, device=device)
        self.capacity = min(n, d + 1)
        self.supports: list[NDArray] = [np.empty(0, np.int64)] * m
        self.weights: list[NDArray] = [np.empty(0)] * m
        self.z = np.empty((m, d))
        self.gap, self.radius = np.full(m, np.inf), np.zeros(m)
        self.rounds = np.zeros(m, np.int64)

    def _far_vertices(self) -> NDArray[np.float64]:
        """A few vertices such that the farthest from any point is not much farther than the farthest of them."""
        far = [np.asarray(self.vertices[0], dtype=np.float64)]
        for _ in range(8):
            distances = self.squares - 2 * _products(far[-1][None], self.vertices)[0]
            far.append(self.vertices[int(distances.argmax())].astype(np.float64))
        return np.stack(far)

    def solve(self, queries: NDArray[np.int64]) -> None:
        """Solve one block of queries to the end."""
        x = self.points[queries]
        nearest, shared = self._price_light(-x, self.squares / 2, np.full(len(x), np.inf), SHARED)
        for query, vertex in zip(queries, nearest):
            self.supports[query], self.weights[query] = np.array([vertex]), np.ones(1)
            self.z[query] = self.vertices[vertex]
        pool = np.unique(np.concatenate([nearest, shared[shared >= 0]]))
        open_ = queries
        for _ in range(self.max_rounds):
            pool = self._solve_in_pool(open_, pool)
            w, limit, scale = self._directions(open_)
            _, shared = self._price_light(w, None, limit + _FLOAT32 * scale, SHARED)
            self.rounds[open_] += 1
            news = np.setdiff1d(shared[shared >= 0], pool)
            pool = np.union1d(pool, news)
            if not self._violated(open_, news, w, limit, scale):
                pool, open_ = self._certify(open_, pool)
                if not len(open_):
                    return
        self._certify(open_, pool)

    def _directions(self, queries) -> tuple[NDArray, NDArray, NDArray]:
        """w = z - x, <w, z>, and ‖w‖·R by which gaps are judged."""
        z = self.z[queries]
        w = z - self.points[queries]
        radius = np.max([np.linalg.norm(z - far, axis=1) for far in self.far], axis=0)
        self.radius[queries] = radius
        return w, (w * z).sum(1), np.linalg.norm(w, axis=1) * radius

    def _open(self, queries, gap) -> NDArray[np.bool_]:
        w = self.z[queries] - self.points[queries]
        distance = np.linalg.norm(w, axis=1)
        allowed = self.tol * distance * self.radius[queries] + _ROUNDING * distance * self.largest
        return (gap > allowed) & (distance > 0.1 * NEAR * self.radius[queries])

    def _violated(self, queries, news, w, limit, scale) -> bool:
        """Whether a vertex new to the pool improves some query by more than the tolerance."""
        if not len(news):
            return False
        least = _products(w, self.vertices[news]).min(1)
        return bool((self._open(queries, limit - least)).any())

    def _price_light(self, w, offset, limits, count) -> tuple[NDArray, NDArray]:
        """All prices <w, d_j> + offset_j in float32: the least of each row, and the least of `count` stretches."""
        w32 = torch.from_numpy(w.astype(np.float32)).to(self.device)
        best, at = np.full(len(w), np.inf, np.float32), np.zeros(len(w), np.int64)
        found = []
        per_chunk = max(1, round(count * COLUMNS / len(self.light)))
        for part in blocks(len(self.light), COLUMNS):
            chunk = torch.from_numpy(np.require(self.light[part], requirements=["C", "W"])).to(self.device)
            prices = self.buffer[: len(w) * len(chunk)].view(len(w), len(chunk))
            torch.mm(w32, chunk.T, out=prices)
            if offset is not None:
                prices += torch.from_numpy(offset[part].astype(np.float32)).to(self.device)
            columns = self._scan(prices.cpu().numpy(), limits, per_chunk)
            found.append(np.where(columns >= 0, columns + part.start, -1))
            if offset is not None:
                least, where = prices.min(1)
                closer = least.cpu().numpy() < best
                best[closer], at[closer] = least.cpu().numpy()[closer], where.cpu().numpy()[closer] + part.start
        return at, np.concatenate(found, axis=1)

    def _scan(self, prices: NDArray, limits: NDArray, count: int) -> NDArray[np.int64]:
        found = np.empty((len(prices), min(count, prices.shape[1])), np.int64)
        limits = limits.astype(prices.dtype)
        step = -(-len(prices) // (self.pool._max_workers))
        jobs = [
            self.pool.submit(_wolfe.least_per_block, prices, limits, found, part.start, part.stop)
            for part in blocks(len(prices), step)
        ]
        for job in jobs:
            job.result()
        return found

    def _solve_in_pool(self, queries, pool) -> NDArray[np.int64]:
        """Solve the queries over the pool alone, in float64; returns the pool with all supports in it."""
        pool = np.union1d(pool, np.concatenate([self.supports[query] for query in queries]))
        members = np.ascontiguousarray(self.vertices[pool])
        dense = members.astype(np.float64)
        waiting = queries
        for _ in range(4 * self.max_rounds):
            w, limit, scale = self._directions(waiting)
            prices = w @ dense.T
            entering = self._scan(prices, limit - 0.25 * self.tol * scale, ENTERING)
            gap = limit - prices.min(1)
            busy = (entering >= 0).any(1) & self._open(waiting, 2 * gap)
            if not busy.any():
                break
            waiting, entering = waiting[busy], entering[busy]
            list(self.pool.map(lambda job: self._inner(*job, pool, members), zip(waiting, entering)))
        return pool

    def _inner(self, query: int, entering, pool, members) -> None:
        old = np.searchsorted(pool, self.supports[query])
        candidates = np.union1d(entering[entering >= 0], old)
        room = min(self.capacity, len(candidates)) + 1
        support, weights = np.zeros(room, np.int64), np.zeros(room)
        support[: len(old)], weights[: len(old)] = old, self.weights[query]
        size = _wolfe.nearest_in_hull(
            self.points[query], members, candidates, support, weights, len(old), self.z[query], 0.1 * self.tol
        )
        self.supports[query], self.weights[query] = pool[support[:size]], weights[:size].copy()

    def _certify(self, queries, pool) -> tuple[NDArray, NDArray]:
        """Price all vertices in float64; returns the pool with violators in it, and the queries still open."""
        w, limit, scale = self._directions(queries)
        least, found = np.full(len(queries), np.inf), []
        for part in blocks(len(self.vertices), COLUMNS):
            prices = _products(w, self.vertices[part])
            least = np.minimum(least, prices.min(1))
            columns = self._scan(prices, limit - 0.25 * self.tol * scale, 4)
            found.append(columns[columns >= 0] + part.start)
        self.gap[queries] = (limit - least).clip(0)
        still = self._open(queries, self.gap[queries])
        return np.union1d(pool, np.concatenate(found)), queries[still]

    def result(self, origin: NDArray) -> HullProjection:
        distance = np.linalg.norm(self.z - self.points, axis=1)
        everything = np.arange(len(self.points))
        status = np.where(self._open(everything, self.gap), "max_rounds", "converged")
        sizes = [len(support) for support in self.supports]
        return HullProjection(
            nearest=self.z + origin,
            distance=distance,
            support_indices=np.concatenate([np.empty(0, np.int64), *self.supports]),
            support_weights=np.concatenate([np.empty(0), *self.weights]),
            support_offsets=np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64),
            gap=self.gap,
            radius=self.radius,
            rounds=self.rounds,
            status=status,
        )


def _as_numpy(array: Array, name: str) -> NDArray:
    array = array.detach().cpu().numpy() if isinstance(array, torch.Tensor) else np.asanyarray(array)
    if array.dtype not in (np.float32, np.float64):
        raise DataError(f"{name} are {array.dtype}; expected float32 or float64")
    if name == "points":
        require_finite(array, name)
    return array


def _products(w: NDArray, vertices: NDArray) -> NDArray[np.float64]:
    return w @ vertices.astype(np.float64, copy=False).T


def _alike(points: NDArray) -> NDArray[np.int64]:
    """An order in which neighbours are alike: by the nearest of a few far-apart queries, then distance to it."""
    count = -(-len(points) // QUERIES)
    if count < 2:
        return np.arange(len(points))
    squares = (points**2).sum(1)
    closest, owner = np.full(len(points), np.inf), np.zeros(len(points), int)
    center = 0
    for group in range(count):
        distance = squares - 2 * points @ points[center] + squares[center]
        owner[distance < closest] = group
        closest = np.minimum(closest, distance)
        center = int(closest.argmax())
    return np.lexsort((closest, owner))


@dataclass(frozen=True)
class Verification:
    """What plain float64 arithmetic says of a projection; every field (m,).

    weight_sum_error = |Σα - 1|; least_weight; combination_error = ‖αD - nearest‖; distance_error; gap, recomputed
    over every vertex; farthest, the exact radius R.
    """

    weight_sum_error: NDArray[np.float64]
    least_weight: NDArray[np.float64]
    combination_error: NDArray[np.float64]
    distance_error: NDArray[np.float64]
    gap: NDArray[np.float64]
    farthest: NDArray[np.float64]


def verify(projection: HullProjection, points: Array, vertices: Array) -> Verification:
    """Recompute feasibility, distance and gap of every query in float64, one query at a time, as they are defined.

    Shares no code with the solver: plain loops over (20)-(25) and g = max_j <z - x, z - d_j>. Costs two passes over
    the vertices for each query.
    """
    points, vertices = (a.detach().cpu().numpy() if isinstance(a, torch.Tensor) else a for a in (points, vertices))
    rows = []
    for query, x in enumerate(points.astype(np.float64)):
        z = projection.nearest[query]
        index, weight = projection.support(query)
        combination = weight @ vertices[index].astype(np.float64)
        gap, farthest = -np.inf, 0.0
        for start in range(0, len(vertices), 65536):
            differences = z - vertices[start : start + 65536].astype(np.float64)
            gap = max(gap, (differences @ (z - x)).max())
            farthest = max(farthest, np.sqrt((differences**2).sum(1).max()))
        rows.append(
            (
                abs(weight.sum() - 1),
                weight.min(),
                np.linalg.norm(combination - z),
                abs(np.linalg.norm(z - x) - projection.distance[query]),
                gap,
                farthest,
            )
        )
    return Verification(*np.array(rows).reshape(-1, 6).T)
