"""Compiled inner loops of the hull projection: Wolfe's active set on a few candidates, and scans of prices.

Nothing here calls BLAS and nothing holds the interpreter's lock, so queries are spread over threads.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_SUM = {"reassoc", "contract", "nsz"}  # lets sums be vectorised; NaN and infinity keep their meaning


@njit(cache=True, nogil=True, fastmath=_SUM)
def _dot(a, b):
    total = 0.0
    for k in range(a.shape[0]):
        total += np.float64(a[k]) * np.float64(b[k])
    return total


@njit(cache=True, nogil=True, fastmath=_SUM)
def _offset_dot(a, b, origin):
    total = 0.0
    for k in range(a.shape[0]):
        total += (np.float64(a[k]) - origin[k]) * (np.float64(b[k]) - origin[k])
    return total


@njit(cache=True, nogil=True)
def _factor_from(lower, gram, first, size):
    """Rows `first` and later of the Cholesky factor of gram; returns how many rows are sound."""
    for i in range(first, size):
        for j in range(i + 1):
            total = gram[i, j]
            for k in range(j):
                total -= lower[i, k] * lower[j, k]
            if i == j:
                if total <= 1e-13 * gram[i, i]:
                    return i
                lower[i, i] = np.sqrt(total)
            else:
                lower[i, j] = total / lower[j, j]
    return size


@njit(cache=True, nogil=True)
def _solve(lower, size, right, out):
    for i in range(size):
        total = right[i]
        for k in range(i):
            total -= lower[i, k] * out[k]
        out[i] = total / lower[i, i]
    for i in range(size - 1, -1, -1):
        total = out[i]
        for k in range(i + 1, size):
            total -= lower[k, i] * out[k]
        out[i] = total / lower[i, i]


@njit(cache=True, nogil=True)
def _combine(vertices, support, weights, size, out):
    out[:] = 0.0
    for i in range(size):
        row = vertices[support[i]]
        weight = weights[i]
        for k in range(out.shape[0]):
            out[k] += weight * row[k]


@njit(cache=True, nogil=True)
def _grown(array, size):
    bigger = np.empty((size, size))
    bigger[: array.shape[0], : array.shape[1]] = array
    return bigger


@njit(cache=True, nogil=True)
def _drop(gram, support, weights, at, size):
    """Remove entry `at` of the support, keeping the order of the others."""
    for i in range(at, size - 1):
        support[i] = support[i + 1]
        weights[i] = weights[i + 1]
    for i in range(size - 1):
        source = i + 1 if i >= at else i
        for j in range(size - 1):
            gram[i, j] = gram[source, j + 1 if j >= at else j]


@njit(cache=True, nogil=True)
def _affine_minimiser(vertices, origin, x, lower, support, size, ones, price, out):
    """Weights, of any sign and with sum 1, of the point nearest to x in the affine hull of the support."""
    for i in range(size):
        ones[i] = 1.0
        row = vertices[support[i]]
        total = 0.0
        for k in range(x.shape[0]):
            total += (row[k] - origin[k]) * (x[k] - origin[k])
        price[i] = total
    _solve(lower, size, price, out)
    _solve(lower, size, ones[:size].copy(), ones)
    multiplier = (1.0 - out[:size].sum()) / ones[:size].sum()
    for i in range(size):
        out[i] += multiplier * ones[i]


@njit(cache=True, nogil=True)
def nearest_in_hull(x, vertices, candidates, support, weights, size, z, tolerance):
    """min ½‖αD - x‖² over the simplex on the candidates, from the given support; returns the new support size.

    Wolfe 1976. support and weights (capacity) and z (d,) are read and overwritten; candidates are rows of
    vertices. Stops when no candidate has <z - x, d> below <z - x, z> - tolerance·‖z - x‖·R, R being the largest
    distance seen from the start. Adding a constant to the Gram matrix changes nothing on the simplex and makes
    it positive definite for affinely independent vertices.
    """
    d = x.shape[0]
    capacity = support.shape[0]
    origin = vertices[support[0]].astype(np.float64)
    room = min(capacity, max(32, 2 * size + 8))
    gram, lower = np.empty((room, room)), np.empty((room, room))
    buffers = np.empty((3, capacity + 1))
    w = np.empty(d)
    radius = 0.0
    for c in range(candidates.shape[0]):
        radius = max(radius, _offset_dot(vertices[candidates[c]], vertices[candidates[c]], origin))
    shift = radius if radius > 0.0 else 1.0
    radius = np.sqrt(radius)
    for i in range(size):
        for j in range(i + 1):
            gram[i, j] = _offset_dot(vertices[support[i]], vertices[support[j]], origin) + shift
            gram[j, i] = gram[i, j]
    sound = _factor_from(lower, gram, 0, size)
    while sound < size:  # a start with dependent vertices: leave them out
        _drop(gram, support, weights, sound, size)
        size -= 1
        sound = _factor_from(lower, gram, sound, size)
    weights[:size] /= weights[:size].sum()
    banned = np.zeros(candidates.shape[0], dtype=np.bool_)
    for _ in range(8 * (candidates.shape[0] + size) + 50):
        _combine(vertices, support, weights, size, z)
        for k in range(d):
            w[k] = z[k] - x[k]
        length = np.sqrt(_dot(w, w))
        at = _dot(w, z)
        best, entering = at - tolerance * length * radius, -1
        for c in range(candidates.shape[0]):
            if not banned[c]:
                price = _dot(w, vertices[candidates[c]])
                if price < best:
                    inside = False
                    for i in range(size):
                        inside = inside or support[i] == candidates[c]
                    if not inside:
                        best, entering = price, c
        if entering < 0 or size == capacity:
            break
        if size == gram.shape[0]:
            room = min(capacity, 2 * size)
            gram, lower = _grown(gram, room), _grown(lower, room)
        support[size] = candidates[entering]
        weights[size] = 0.0
        for i in range(size + 1):
            gram[size, i] = _offset_dot(vertices[support[i]], vertices[support[size]], origin) + shift
            gram[i, size] = gram[size, i]
        if _factor_from(lower, gram, size, size + 1) == size:
            banned[entering] = True  # dependent on the support to working precision
            continue
        size += 1
        while True:
            _affine_minimiser(vertices, origin, x, lower, support, size, buffers[0], buffers[1], buffers[2])
            target = buffers[2]
            step, blocking = 1.0, -1
            for i in range(size):
                if target[i] <= 0.0:
                    ratio = weights[i] / (weights[i] - target[i]) if weights[i] > target[i] else 0.0
                    if ratio < step or blocking < 0:
                        step, blocking = ratio, i
            if blocking < 0:
                weights[:size] = target[:size]
                break
            for i in range(size):
                weights[i] += step * (target[i] - weights[i])
            if blocking == size - 1 and step == 0.0:
                banned[entering] = True  # rounding: the newcomer does not help
            _drop(gram, support, weights, blocking, size)
            size -= 1
            _factor_from(lower, gram, blocking, size)
    _refine(vertices, x, lower, support, weights, size, z, buffers)
    return size


@njit(cache=True, nogil=True)
def _refine(vertices, x, lower, support, weights, size, z, buffers):
    """One step of iterative refinement with residuals from the vectors, kept if all weights stay positive."""
    _combine(vertices, support, weights, size, z)
    d = x.shape[0]
    residual, ones, correction = buffers[0], buffers[1], buffers[2]
    for i in range(size):
        row = vertices[support[i]]
        total = 0.0
        for k in range(d):
            total += (z[k] - x[k]) * (z[k] - row[k])
        residual[i] = total
        ones[i] = 1.0
    _solve(lower, size, residual, correction)
    _solve(lower, size, ones[:size].copy(), ones)
    multiplier = correction[:size].sum() / ones[:size].sum()
    for i in range(size):
        correction[i] -= multiplier * ones[i]
        if weights[i] + correction[i] <= 0.0:
            return
    weights[:size] += correction[:size]
    weights[:size] /= weights[:size].sum()
    _combine(vertices, support, weights, size, z)


@njit(cache=True, nogil=True, fastmath={"nnan", "nsz", "ninf"})
def _least(row, start, stop):
    least = row[start]
    for j in range(start + 1, stop):
        least = min(least, row[j])
    return least


@njit(cache=True, nogil=True)
def least_per_block(prices, limits, found, first, last):
    """For rows first to last and each stretch of columns, the column with the least price below the row's limit.

    prices (b, n), limits (b,); found (b, blocks) gets column numbers, -1 where none is below the limit. The
    least is found before its place: the first loop is vectorised, and few blocks need the second.
    """
    n, blocks = prices.shape[1], found.shape[1]
    width = -(-n // blocks)
    for r in range(first, last):
        for block in range(blocks):
            start, stop = block * width, min((block + 1) * width, n)
            found[r, block] = -1
            if start < stop:
                least = _least(prices[r], start, stop)
                if least < limits[r]:
                    j = start
                    while prices[r, j] != least:
                        j += 1
                    found[r, block] = j
