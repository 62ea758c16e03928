"""Compiled: the nearest point of the hull of a few candidates by orthogonal factors, for what `wolfe` leaves.

`wolfe` factors the Gram matrix, in which supports are told apart to the square root of the machine's precision. Here
the columns themselves are factored, to the precision itself, at several times the cost: with o a vertex, r a length,

    A = [r ... r; d_1 - o ... d_k - o] = Q R,   α + p with p = R⁻¹Qᵀ([0; x - z] + λ e_1), λ such that Σ(α + p) = 1,

is the point nearest to x in the affine hull of d_1 ... d_k: its normal equations are those of least squares with a
constant added to the Gram matrix, which changes nothing where Σp = 0. As steps start from the residual x - z of the
vectors, each also refines the last.

A candidate that depends on the support, d = Σγ_i d_i with Σγ = 1, is exchanged for a vertex of it: α moves along
(-γ, 1), where z stays, until a coefficient is 0.
"""

from __future__ import annotations

import numpy as np

from phiscope.geometry.compiled import compiled
from phiscope.geometry.hull.wolfe import combine, dot, offset_dot, square_distance, sum_to_one

_DEPENDENT = 4e-15  # what is left of a column, relative to it, that counts as nothing
_IDLE = 8  # steps without a nearer point, beyond the size of the support, after which rounding is all that moves


@compiled()
def _append(q, lower, size, vertex, origin, height):
    """Column `size` of the factors, for a new vertex; False if it depends on the others, with R's column written.

    q (k, d + 1): rows are Q's columns. lower: Rᵀ. Orthogonalised twice, which is enough (Giraud et al. 2005).
    """
    column, row = q[size], lower[size]
    column[0] = height
    for k in range(origin.shape[0]):
        column[k + 1] = np.float64(vertex[k]) - origin[k]
    length = np.sqrt(dot(column, column, column.shape[0]))
    row[: size + 1] = 0.0
    for _ in range(2):
        for i in range(size):
            share = dot(q[i], column, column.shape[0])
            row[i] += share
            for k in range(column.shape[0]):
                column[k] -= share * q[i, k]
    rest = np.sqrt(dot(column, column, column.shape[0]))
    row[size] = rest
    if rest <= _DEPENDENT * length:
        return False
    for k in range(column.shape[0]):
        column[k] /= rest
    return True


@compiled()
def _remove(q, lower, support, weights, at, size):
    """Take entry `at` out of the support; rotations make R triangular again."""
    for i in range(at, size - 1):
        support[i], weights[i] = support[i + 1], weights[i + 1]
        lower[i, : i + 2] = lower[i + 1, : i + 2]
    for j in range(at, size - 1):
        length = np.hypot(lower[j, j], lower[j, j + 1])
        cosine, sine = lower[j, j] / length, lower[j, j + 1] / length
        for i in range(j, size - 1):
            left, over = lower[i, j], lower[i, j + 1]
            lower[i, j] = cosine * left + sine * over
            lower[i, j + 1] = cosine * over - sine * left
        for k in range(q.shape[1]):
            left, over = q[j, k], q[j + 1, k]
            q[j, k] = cosine * left + sine * over
            q[j + 1, k] = cosine * over - sine * left


@compiled()
def _back(lower, size, values):
    """Solve R v = values in place."""
    for i in range(size - 1, -1, -1):
        values[i] /= lower[i, i]
        top = values[i]
        for k in range(i):
            values[k] -= top * lower[i, k]


@compiled()
def _affine_minimiser(q, lower, size, weights, w, target, along):
    """target: the weights, of any sign and with sum 1, of the point nearest to x in the support's affine hull."""
    for i in range(size):
        along[i] = q[i, 0]
        target[i] = -dot(q[i, 1:], w, w.shape[0])
    _back(lower, size, target)
    _back(lower, size, along)
    short = 1.0
    for i in range(size):
        short -= weights[i] + target[i]
    factor = short / along[:size].sum()
    for i in range(size):
        target[i] += weights[i] + factor * along[i]


@compiled()
def _residual(x, vertices, support, weights, size, z, w):
    combine(vertices, support, weights, size, z)
    for k in range(x.shape[0]):
        w[k] = z[k] - x[k]


@compiled()
def _to_feasible_minimiser(x, vertices, q, lower, support, weights, size, z, w, target, along):
    """Walk to the affine minimiser, dropping vertices whose weight would turn negative; returns the new size."""
    while True:
        _residual(x, vertices, support, weights, size, z, w)
        _affine_minimiser(q, lower, size, weights, w, target, along)
        if size == 1:
            target[0] = 1.0  # whatever is left of that behind the rounding of a far query
        step, blocking = 1.0, -1
        for i in range(size):
            if target[i] <= 0.0:
                ratio = weights[i] / (weights[i] - target[i]) if weights[i] > target[i] else 0.0
                if ratio < step or blocking < 0:
                    step, blocking = ratio, i
        if blocking < 0:
            weights[:size] = target[:size]
            sum_to_one(weights, size)
            _residual(x, vertices, support, weights, size, z, w)
            return size
        for i in range(size):
            weights[i] = max(weights[i] + step * (target[i] - weights[i]), 0.0)
        _remove(q, lower, support, weights, blocking, size)
        size -= 1


@compiled()
def _leaving(lower, size, weights, share):
    """share = R⁻¹ of the new column, γ; which vertex leaves as α moves along (-γ, 1), and how far that is."""
    share[:size] = lower[size, :size]
    _back(lower, size, share)
    step, leaving = np.inf, -1
    for i in range(size):
        if share[i] > 0.0 and weights[i] < step * share[i]:
            step, leaving = weights[i] / share[i], i
    return step, leaving


@compiled()
def _entering(w, z, vertices, candidates, banned, support, size, allowed):
    """The candidate with the largest <w, z - d> above what is allowed, or -1."""
    best, most = -1, allowed
    for c in range(candidates.shape[0]):
        if banned[c]:
            continue
        gain = offset_dot(w, z, vertices[candidates[c]])
        if gain > most:
            held = False
            for i in range(size):
                held = held or support[i] == candidates[c]
            if not held:
                best, most = c, gain
    return best


@compiled()
def nearest_in_hull(x, vertices, candidates, support, weights, size, z, tolerance, floor, radius):
    """As `wolfe.nearest_in_hull`, from a support of one vertex at least."""
    capacity, d = support.shape[0], x.shape[0]
    origin = vertices[support[0]].astype(np.float64)
    height = 0.0
    for c in range(candidates.shape[0]):
        height = max(height, square_distance(vertices[candidates[c]], origin))
    height = np.sqrt(height) if height > 0.0 else 1.0
    room = capacity + 1
    q, lower = np.empty((room, d + 1)), np.zeros((room, room))
    target, along, w = np.empty(room), np.empty(room), np.empty(d)
    sound = 0
    for i in range(size):
        vertex, weight = support[i], weights[i]
        if _append(q, lower, sound, vertices[vertex], origin, height):
            support[sound], weights[sound] = vertex, weight
            sound += 1
    size = sound
    sum_to_one(weights, size)
    size = _to_feasible_minimiser(x, vertices, q, lower, support, weights, size, z, w, target, along)
    banned = np.zeros(candidates.shape[0], dtype=np.bool_)
    nearest, idle = np.inf, 0
    for _ in range(20 * (candidates.shape[0] + size) + 50):
        square = dot(w, w, d)
        idle = 0 if square < nearest else idle + 1
        nearest = min(nearest, square)
        if idle > size + _IDLE:
            break
        entering = _entering(
            w, z, vertices, candidates, banned, support, size, np.sqrt(square) * max(tolerance * radius, floor)
        )
        if entering < 0:
            break
        vertex = candidates[entering]
        weight = 0.0
        if not _append(q, lower, size, vertices[vertex], origin, height) or size == capacity:
            weight, leaving = _leaving(lower, size, weights, target)
            if leaving < 0:
                banned[entering] = True
                continue
            for i in range(size):
                weights[i] = max(weights[i] - weight * target[i], 0.0)
            _remove(q, lower, support, weights, leaving, size)
            size -= 1
            if not _append(q, lower, size, vertices[vertex], origin, height):
                banned[entering] = True  # nothing but rounding is new about it
                sum_to_one(weights, size)
                size = _to_feasible_minimiser(x, vertices, q, lower, support, weights, size, z, w, target, along)
                continue
        support[size], weights[size] = vertex, weight
        size = _to_feasible_minimiser(x, vertices, q, lower, support, weights, size + 1, z, w, target, along)
    size = _to_feasible_minimiser(x, vertices, q, lower, support, weights, size, z, w, target, along)
    return size


@compiled()
def improve(points, vertices, candidates, counts, support, weights, sizes, z, tolerance, floor, radius):
    """`nearest_in_hull` for every query of a block, each over the first counts[q] of its candidates, in place."""
    for q in range(points.shape[0]):
        sizes[q] = nearest_in_hull(
            points[q],
            vertices,
            candidates[q, : counts[q]],
            support[q],
            weights[q],
            sizes[q],
            z[q],
            tolerance,
            floor,
            radius,
        )
