"""Families of scattered points and of queries outside their hull: a published hard benchmark of projections onto hulls.

The families stand in the experiments on projection failures beside ACM TOMS Algorithm 1012, DelaunaySparse (repository
thchang/projection-failure, 2023), here from their description: `settings` has all 405 of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from phiscope.arrays import generator

SIZES = [
    (d, n) for d, sizes in {2: (3, 512, 16_384), 8: (9, 512, 16_384), 16: (17, 512, 16_384)}.items() for n in sizes
]
GEOMETRIES = ("lattice", "box", "ball")
MODIFIERS = ("identity", *itertools.product(("linear", "exponential"), (2.0**10, 2.0**20)))
SCALES = (2.0**-20, 1.0, 2.0**63)


@dataclass(frozen=True)
class Setting:
    """d dimensions, n vertices, their geometry, how coordinates are stretched, by how much, and a common factor."""

    d: int
    n: int
    geometry: str
    modifier: str
    skew: float
    scale: float

    def draw(self, queries: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points (queries, d) on the sphere around the mean through the farthest vertex, and vertices (n, d)."""
        random = generator(seed, self.d, self.n, GEOMETRIES.index(self.geometry))
        vertices = _GEOMETRIES[self.geometry](random, self.n, self.d) * self._stretch() * self.scale
        mean = vertices.mean(0)
        radius = np.linalg.norm(vertices - mean, axis=1).max()
        directions = random.normal(size=(queries, self.d))
        return mean + radius * directions / np.linalg.norm(directions, axis=1, keepdims=True), vertices

    def _stretch(self) -> NDArray[np.float64]:
        """The factor of each coordinate, from 1 to the skew."""
        if self.modifier == "linear":
            return np.linspace(1.0, self.skew, self.d)
        return np.geomspace(1.0, self.skew, self.d) if self.modifier == "exponential" else np.ones(self.d)


def settings(*sizes: tuple[int, int]) -> Iterator[Setting]:
    """All settings, or those of some sizes (d, n)."""
    for (d, n), geometry, modifier, scale in itertools.product(sizes or SIZES, GEOMETRIES, MODIFIERS, SCALES):
        name, skew = (modifier, 1.0) if isinstance(modifier, str) else modifier
        yield Setting(d, n, geometry, name, skew, scale)


def nearly_repeated(vertices: NDArray, offset: float, seed: int = 0) -> NDArray[np.float64]:
    """Every vertex twice, the second time moved by `offset` times a normal number in each coordinate.

    offset 0: by one unit in the last place of float32 in each coordinate.
    """
    random = generator(seed, len(vertices))
    if offset:
        moved = vertices + offset * random.normal(size=vertices.shape)
    else:
        moved = np.nextafter(vertices.astype(np.float32), np.float32(np.inf)).astype(np.float64)
    return np.concatenate([vertices.astype(np.float64), moved])


def of_low_rank(array: NDArray, rank: int, noise: float, seed: int = 0) -> NDArray[np.float64]:
    """Rows projected onto the array's first right singular vectors, and noise in every coordinate."""
    _, _, directions = np.linalg.svd(array.astype(np.float64), full_matrices=False)
    flat = array @ directions[:rank].T @ directions[:rank]
    return flat + noise * generator(seed, len(array), rank).normal(size=array.shape)


def read(path: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Queries and vertices of a file of the benchmark: d, n, m, then n vertices and m queries, comma separated."""
    words = path.read_text().replace(",", " ").split()
    numbers = np.array(words[1:], dtype=np.float64)  # behind a title
    d, n, m = (int(number) for number in numbers[:3])
    rows = numbers[3 : 3 + d * (n + m)].reshape(n + m, d)
    return rows[n:], rows[:n]


def _lattice(random: np.random.Generator, n: int, d: int) -> NDArray[np.float64]:
    """n points of the smallest regular grid over the unit cube that has so many."""
    side = next(side for side in itertools.count(2) if side**d >= n)
    chosen = random.choice(side**d, n, replace=False)
    return np.stack(np.unravel_index(chosen, (side,) * d), axis=1) / (side - 1)


def _box(random: np.random.Generator, n: int, d: int) -> NDArray[np.float64]:
    """Sobol points in the unit cube."""
    return qmc.Sobol(d, rng=random).random_base2(max(1, int(np.ceil(np.log2(n)))))[:n]


def _ball(random: np.random.Generator, n: int, d: int) -> NDArray[np.float64]:
    """Uniform in the unit ball."""
    normal = random.normal(size=(n, d))
    return normal / np.linalg.norm(normal, axis=1, keepdims=True) * random.random((n, 1)) ** (1 / d)


_GEOMETRIES = {"lattice": _lattice, "box": _box, "ball": _ball}
