"""A two-dimensional slice through feature space: Figure 1 on real data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Plane:
    """origin (f,) and two orthonormal directions (2, f): distances in the plane are those of the space."""

    origin: NDArray[np.float64]
    directions: NDArray[np.float64]

    def coordinates(self, points: NDArray) -> NDArray[np.float64]:
        """(k, f) -> (k, 2): orthogonal projection onto the plane."""
        return (points - self.origin) @ self.directions.T

    def grid(self, reach: float, count: int) -> tuple[NDArray, NDArray]:
        """u and v (count²,) on a square of half-width `reach` around the origin."""
        line = np.linspace(-reach, reach, count)
        u, v = (axis.ravel() for axis in np.meshgrid(line, line))
        return u, v

    def at(self, u: NDArray, v: NDArray) -> NDArray[np.float64]:
        """The points (k, f) of coordinates u, v (k,)."""
        return self.origin + u[:, None] * self.directions[0] + v[:, None] * self.directions[1]


def plane_through(origin: NDArray, first: NDArray, second: NDArray) -> Plane:
    """The plane of three points; where they lie on a line, any plane that holds the line."""
    a = first - origin
    b = second - origin
    u = a / np.linalg.norm(a)
    v = b - (b @ u) * u
    if np.linalg.norm(v) <= 1e-12 * np.linalg.norm(b):
        v = np.eye(len(u))[np.abs(u).argmin()]
        v = v - (v @ u) * u
    return Plane(origin, np.stack([u, v / np.linalg.norm(v)]))
