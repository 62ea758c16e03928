"""Small problems of all kinds, and exact judges of what is claimed about them: floats are rational numbers."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import numpy as np

from phiscope.geometry.hull import HullProjection

SHAPES = ("normal", "lattice", "flat", "copies", "ulp", "near", "far apart", "skewed", "corner", "sphere")
PLACES = ("outside", "far", "vertex", "inside", "beside a vertex", "beside a face", "origin", "very far")
KINDS = (np.float32, np.float64)


def case(seed: int, shape: str, place: str, kind: type, exponent: int, offset: float):
    """Three queries (3, d) and vertices (n, d), drawn by the seed; times 2^exponent, moved by so many reaches."""
    random = np.random.default_rng(seed)
    d, n = int(random.integers(1, 7)), int(random.integers(1, 15))
    vertices = _vertices(random, shape, n, d)
    vertices = (vertices + offset * random.normal(size=d) * max(1, np.abs(vertices).max())).astype(kind)
    weights = random.dirichlet(np.full(len(vertices), 0.3), size=3)
    inside = weights @ vertices.astype(float)
    reach = max(np.ptp(vertices.astype(float), axis=0).max(), 1e-3)
    aside = random.normal(size=(3, d)) * 10.0 ** random.integers(-14, 0, size=(3, 1)) * reach
    points = {
        "outside": lambda: inside + 2 * reach * random.normal(size=(3, d)),
        "far": lambda: inside + 10.0 ** random.integers(1, 9, size=(3, 1)) * reach * random.normal(size=(3, d)),
        "very far": lambda: inside + 10.0 ** random.integers(9, 30, size=(3, 1)) * reach * random.normal(size=(3, d)),
        "vertex": lambda: vertices[random.integers(0, len(vertices), 3)].astype(float),
        "inside": lambda: inside,
        "beside a vertex": lambda: vertices[random.integers(0, len(vertices), 3)] + aside,
        "beside a face": lambda: inside + aside,
        "origin": lambda: np.zeros((3, d)),
    }[place]()
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(points.astype(kind), exponent), np.ldexp(vertices, exponent)


def _vertices(random, shape: str, n: int, d: int):
    normal = random.normal(size=(n, d))
    half = normal[: max(1, n // 2)]
    if shape == "lattice":
        return random.integers(-2, 3, size=(n, d)).astype(float)
    if shape == "flat":
        rank = random.integers(0, d + 1)
        return normal[:, :rank] @ random.normal(size=(rank, d)) + random.normal(size=d)
    if shape == "copies":
        return np.repeat(half, 3, axis=0)
    if shape == "ulp":
        return np.concatenate([half, np.nextafter(half, np.inf)])
    if shape == "near":
        return np.concatenate([half, half + 10.0 ** random.integers(-15, -3) * random.normal(size=half.shape)])
    if shape == "far apart":
        return normal * 10.0 ** random.integers(-6, 7, size=(n, 1))
    if shape == "skewed":
        return normal * 2.0 ** random.integers(-20, 21, size=d)
    if shape == "corner":
        return np.maximum(normal, 0)
    if shape == "sphere":
        return normal / np.linalg.norm(normal, axis=1, keepdims=True)
    return normal


def exact(values) -> list[list[Fraction]]:
    return [[Fraction(float(value)) for value in row] for row in values]


def root(square: Fraction, digits: int = 40) -> Fraction:
    """The root of a rational number, to so many digits and rounded down."""
    shift = max(0, digits - (len(str(square.numerator)) - len(str(square.denominator))) // 2)
    return Fraction(isqrt(square.numerator * 10 ** (2 * shift) // square.denominator), 10**shift)


def dot(a, b) -> Fraction:
    return sum((u * v for u, v in zip(a, b)), Fraction(0))


def less(a, b) -> list[Fraction]:
    return [u - v for u, v in zip(a, b)]


def wrong_words(projection: HullProjection, points, vertices, tol: float) -> list[str]:
    """What a projection says that is not so; every claim is recomputed without rounding."""
    corners, found = exact(vertices), []
    size = max(root(dot(corner, corner)) for corner in corners)
    for query, (x, z) in enumerate(zip(exact(points), exact(projection.nearest))):
        w = less(z, x)
        gap = max(dot(w, less(z, corner)) for corner in corners)
        radius = max(root(dot(less(z, corner), less(z, corner))) for corner in corners)
        length = root(dot(w, w))
        said = {name: getattr(projection, name)[query] for name in ("distance", "distance_lower", "position", "status")}
        unit = Fraction(1, 2**53)
        # Nearest points are rounded where they are written down; tolerances end at the rounding of prices.
        written = 8 * unit * (size + 2 * radius)
        indices, weights = projection.support(query)
        weights = [Fraction(weight) for weight in weights.tolist()]
        total = sum(weights, Fraction(0))
        combined = [dot(weights, column) for column in zip(*(corners[i] for i in indices), strict=True)]
        lower = length - gap / length if length else Fraction(0)
        checks = {
            "sum of weights": abs(total - 1) <= 4 * unit,
            "weights above 0": all(weight > 0 for weight in weights),
            "combination": root(dot(less(combined, z), less(combined, z))) <= written,
            "distance": abs(Fraction(float(said["distance"])) - length) <= 20 * unit * length + Fraction(2) ** -1070,
            "radius": Fraction(float(projection.radius[query])) <= radius * (1 + 20 * unit)
            and 4 * Fraction(float(projection.radius[query])) >= radius * (1 - 20 * unit),
            "lower bound": Fraction(float(said["distance_lower"])) <= max(lower, 0),
            "outside": said["position"] != "outside" or all(dot(w, less(corner, x)) > 0 for corner in corners),
            "within tolerance": said["position"] != "within_tolerance" or length <= Fraction(2e-7) * radius,
            "status": said["status"] in ("converged", "precision_limit"),
        }
        near = length <= Fraction(2e-8) * radius
        if said["status"] == "converged":
            allowed = length * (Fraction(tol) * radius + 40 * unit * (radius + min(size, 200 * radius)))
            checks["gap to the tolerance"] = near or gap <= allowed
        else:
            checks["gap to the precision"] = gap <= 64 * unit * (size + 2 * radius) * (radius + length)
        about = f"{said}, relative gap {float(gap / (length * radius)) if length * radius else 0:.2g}"
        found += [f"query {query}: {name} ({about})" for name, holds in checks.items() if not holds]
    return found
