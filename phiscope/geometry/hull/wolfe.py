"""Compiled: the nearest point of the hull of a few candidates, by Wolfe's active set (1976).

Nothing here calls BLAS and nothing holds the interpreter's lock, so threads solve queries side by side. The factor and
the method that grows it share a file, as numba's cache notices changes in the file of the compiled function only.
"""

from __future__ import annotations

import numpy as np

from phiscope.geometry.compiled import compiled

ENTERING = 12  # candidates looked at closely between two looks at all of them
_DEPENDENT = 2e-15  # a pivot this small, relative to its row, means affinely dependent
_SUM = {"reassoc", "contract", "nsz"}  # lets sums be vectorised; NaN and infinity keep their meaning


@compiled(fastmath=_SUM)
def dot(a, b, size):
    total = 0.0
    for k in range(size):
        total += np.float64(a[k]) * np.float64(b[k])
    return total


@compiled(fastmath=_SUM)
def _shifted_dot(a, b, origin):
    total = 0.0
    for k in range(origin.shape[0]):
        total += (np.float64(a[k]) - origin[k]) * (np.float64(b[k]) - origin[k])
    return total


@compiled(fastmath=_SUM)
def offset_dot(w, z, vertex):
    """<w, z - d>."""
    total = 0.0
    for k in range(w.shape[0]):
        total += w[k] * (z[k] - vertex[k])
    return total


@compiled(fastmath=_SUM)
def square_distance(a, b):
    total = 0.0
    for k in range(b.shape[0]):
        total += (np.float64(a[k]) - b[k]) ** 2
    return total


@compiled()
def _solve(lower, size, values):
    """Solve L Lᵀ v = values in place; both loops run along rows."""
    for i in range(size):
        values[i] = (values[i] - dot(lower[i], values, i)) / lower[i, i]
    for i in range(size - 1, -1, -1):
        values[i] /= lower[i, i]
        top = values[i]
        row = lower[i]
        for k in range(i):
            values[k] -= top * row[k]


@compiled()
def _append(lower, size, vertices, support, vertex, origin, shift):
    """Row `size` of the factor of the shifted Gram matrix, for a new vertex; False if it is dependent."""
    row = lower[size]
    own = _shifted_dot(vertices[vertex], vertices[vertex], origin) + shift
    for i in range(size):
        entry = _shifted_dot(vertices[support[i]], vertices[vertex], origin) + shift
        row[i] = (entry - dot(lower[i], row, i)) / lower[i, i]
    pivot = own - dot(row, row, size)
    if pivot <= _DEPENDENT * own:
        return False
    row[size] = np.sqrt(pivot)
    return True


@compiled()
def _remove(lower, support, weights, right, at, size):
    """Take entry `at` out of the support; rotations make the factor triangular again."""
    for i in range(at, size - 1):
        support[i], weights[i], right[i] = support[i + 1], weights[i + 1], right[i + 1]
        lower[i, : i + 2] = lower[i + 1, : i + 2]
    for j in range(at, size - 1):
        length = np.hypot(lower[j, j], lower[j, j + 1])
        cosine, sine = lower[j, j] / length, lower[j, j + 1] / length
        for i in range(j, size - 1):
            left, over = lower[i, j], lower[i, j + 1]
            lower[i, j] = cosine * left + sine * over
            lower[i, j + 1] = cosine * over - sine * left


@compiled()
def _affine_minimiser(lower, size, right, target, ones):
    """Weights, of any sign and with sum 1, of the point nearest to x in the affine hull of the support."""
    target[:size] = right[:size]
    ones[:size] = 1.0
    _solve(lower, size, target)
    _solve(lower, size, ones)
    multiplier = (1.0 - target[:size].sum()) / ones[:size].sum()
    for i in range(size):
        target[i] += multiplier * ones[i]


@compiled()
def _to_feasible_minimiser(lower, size, support, weights, right, target, ones):
    """Walk to the affine minimiser, dropping vertices whose weight would turn negative; returns the new size."""
    while True:
        _affine_minimiser(lower, size, right, target, ones)
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
            return size
        for i in range(size):
            weights[i] += step * (target[i] - weights[i])
        _remove(lower, support, weights, right, blocking, size)
        size -= 1


@compiled()
def combine(vertices, support, weights, size, out):
    """out = Σ α_i d_i."""
    out[:] = 0.0
    for i in range(size):
        row = vertices[support[i]]
        weight = weights[i]
        for k in range(out.shape[0]):
            out[k] += weight * row[k]


@compiled()
def sum_to_one(weights, size):
    """Scale positive weights in place so that their sum is 1 to rounding."""
    weights[:size] /= weights[:size].sum()
    largest, rest = 0, 1.0
    for i in range(size):
        rest -= weights[i]
        if weights[i] > weights[largest]:
            largest = i
    weights[largest] += rest


@compiled()
def _refine(x, vertices, lower, support, weights, size, z, correction, ones):
    """One step of iterative refinement, its residuals from the vectors; kept if all weights stay positive."""
    sum_to_one(weights, size)
    combine(vertices, support, weights, size, z)
    w = z - x
    for i in range(size):
        correction[i] = offset_dot(w, z, vertices[support[i]])
        ones[i] = 1.0
    _solve(lower, size, correction)
    _solve(lower, size, ones)
    multiplier = correction[:size].sum() / ones[:size].sum()
    for i in range(size):
        correction[i] -= multiplier * ones[i]
        if weights[i] + correction[i] <= 0.0:
            return
    weights[:size] += correction[:size]
    sum_to_one(weights, size)
    combine(vertices, support, weights, size, z)


@compiled()
def nearest_candidate(x, vertices, candidates):
    best, least = -1, np.inf
    for c in candidates:
        square = square_distance(vertices[c], x)
        if square < least:
            best, least = c, square
    return best


@compiled()
def _holds(support, size, vertex):
    held = False
    for i in range(size):
        held = held or support[i] == vertex
    return held


@compiled()
def _lowest(w, vertices, candidates, banned, limit, chosen):
    """Positions of the candidates priced lowest below the limit, the lowest first; returns how many."""
    prices = np.empty(chosen.shape[0])
    count = 0
    for c in range(candidates.shape[0]):
        if banned[c]:
            continue
        price = dot(w, vertices[candidates[c]], w.shape[0])
        if price >= limit or (count == chosen.shape[0] and price >= prices[count - 1]):
            continue
        slot = min(count, chosen.shape[0] - 1)
        while slot > 0 and prices[slot - 1] > price:
            prices[slot], chosen[slot] = prices[slot - 1], chosen[slot - 1]
            slot -= 1
        prices[slot], chosen[slot] = price, c
        count = min(count + 1, chosen.shape[0])
    return count


@compiled()
def _lowest_of(w, vertices, candidates, banned, limit, chosen, count):
    """Position of the candidate priced lowest below the limit among the chosen ones, or -1."""
    best, least = -1, limit
    for c in chosen[:count]:
        if not banned[c]:
            price = dot(w, vertices[candidates[c]], w.shape[0])
            if price < least:
                best, least = c, price
    return best


@compiled()
def _grown(array, size):
    bigger = np.zeros((size, size))
    bigger[: array.shape[0], : array.shape[1]] = array
    return bigger


@compiled()
def _begin(x, vertices, support, weights, size, origin, shift, lower, right):
    """Factor of a start; dependent vertices are left out. Returns the size."""
    sound = 0
    for i in range(size):
        vertex, weight = support[i], weights[i]
        if _append(lower, sound, vertices, support, vertex, origin, shift):
            support[sound], weights[sound] = vertex, weight
            right[sound] = _shifted_dot(vertices[vertex], x, origin)
            sound += 1
    weights[:sound] /= weights[:sound].sum()
    return sound


@compiled()
def nearest_in_hull(x, vertices, candidates, support, weights, size, z, tolerance, floor, radius):
    """min ½‖αD - x‖² over the simplex on the candidates and the given support; returns the new support's size.

    support and weights (capacity,) and z (d,) are read and overwritten; size 0 starts from the nearest candidate.
    Stops when no candidate has <z - x, d> below <z - x, z> - ‖z - x‖ max(tolerance·radius, floor). A constant added
    to the Gram matrix changes nothing on the simplex and makes it positive definite for affinely independent vertices.
    """
    if size == 0:
        support[0], weights[0], size = nearest_candidate(x, vertices, candidates), 1.0, 1
    origin = vertices[support[0]].astype(np.float64)
    shift = radius * radius if radius > 0.0 else 1.0
    capacity = support.shape[0]
    room = min(capacity, max(64, 2 * size)) + 1
    lower = np.zeros((room, room))
    right, target, ones = np.empty(capacity + 1), np.empty(capacity + 1), np.empty(capacity + 1)
    size = _begin(x, vertices, support, weights, size, origin, shift, lower, right)
    size = _to_feasible_minimiser(lower, size, support, weights, right, target, ones)
    combine(vertices, support, weights, size, z)
    banned = np.zeros(candidates.shape[0], dtype=np.bool_)
    chosen = np.empty(ENTERING, dtype=np.int64)
    count = 0
    for _ in range(20 * (candidates.shape[0] + size) + 50):
        w = z - x
        length = np.sqrt(dot(w, w, w.shape[0]))
        limit = dot(w, z, w.shape[0]) - length * max(tolerance * radius, floor)
        entering = _lowest_of(w, vertices, candidates, banned, limit, chosen, count)
        if entering < 0:
            count = _lowest(w, vertices, candidates, banned, limit, chosen)
            if count == 0:
                break
            entering = chosen[0]
        vertex = candidates[entering]
        if size == capacity or _holds(support, size, vertex):
            banned[entering] = True  # rounding
            continue
        if size + 1 == lower.shape[0]:
            lower = _grown(lower, min(capacity, 2 * size) + 1)
        if not _append(lower, size, vertices, support, vertex, origin, shift):
            banned[entering] = True  # dependent on the support to working precision
            continue
        support[size], weights[size] = vertex, 0.0
        right[size] = _shifted_dot(vertices[vertex], x, origin)
        size = _to_feasible_minimiser(lower, size + 1, support, weights, right, target, ones)
        banned[entering] = not _holds(support, size, vertex)  # rounding: the newcomer did not help
        combine(vertices, support, weights, size, z)
    _refine(x, vertices, lower, support, weights, size, z, target, ones)
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
