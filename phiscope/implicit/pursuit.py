"""Basis pursuit denoising over a union of orthonormal bases, by their fast transforms, with a proven gap.

Chen, Donoho and Saunders 1998. With D the bases side by side, m of them, every image is D w for many w; the one of
least ‖w‖₁ for its error is sparse where the image is. One basis needs no solver: the coefficients, shrunk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from phiscope.errors import DataError
from phiscope.implicit.bases import ImageBasis
from phiscope.implicit.waves import Array


@dataclass(frozen=True, eq=False)
class Pursuit:
    """weight (m, n): coefficients in each of m bases.

    gap: the objective ½‖y - Dw‖² + λ‖w‖₁ less a proven lower bound of it, over ½‖y‖², its value at w = 0;
    status: `solved`, or `iteration_limit` where the gap is above the tolerance.
    """

    weight: Array
    gap: float
    iterations: int
    status: str

    def support(self) -> int:
        """Number of coefficients that are not zero; shrinking makes zeros exact."""
        return int(np.count_nonzero(self.weight))


def pursue(
    image: Array, bases: Sequence[ImageBasis], penalty: float, *, tolerance: float = 1e-4, most: int = 2000
) -> Pursuit:
    """min over w of ½‖y - Dw‖² + λ‖w‖₁, y an image (h, w).

    FISTA (Beck and Teboulle 2009) with steps of 1 / m, since DDᵀ = mI, begun anew where the objective rises (O'Donoghue
    and Candès 2015). The bound: with r = y - Dw, θ = r min(1, λ / ‖Dᵀr‖∞) is feasible for the dual problem, max
    ½‖y‖² - ½‖y - θ‖² with ‖Dᵀθ‖∞ <= λ.
    """
    if penalty <= 0 or not bases:
        raise DataError(
            f"pursuit with penalty {penalty} and {len(bases)} bases: expected a penalty above 0 and a basis"
        )
    y = np.asarray(image, dtype=np.float64)
    half = max(float((y**2).sum()) / 2, np.finfo(float).tiny)
    weight = ahead = np.zeros((len(bases), y.size))
    momentum, before, gap, iterations = 1.0, np.inf, np.inf, 0
    while gap > tolerance and iterations < most:
        iterations += 1
        slope = analyse(y - synthesise(ahead, bases), bases)
        new = shrunk(ahead + slope / len(bases), penalty / len(bases))
        rest = y - synthesise(new, bases)
        objective = float((rest**2).sum()) / 2 + penalty * float(np.abs(new).sum())
        gap = (objective - _bound(y, rest, bases, penalty)) / half
        if objective > before and gap > tolerance:  # the momentum has overshot
            momentum, ahead, before = 1.0, weight, np.inf
            continue
        faster = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = new + (momentum - 1) / faster * (new - weight)
        weight, momentum, before = new, faster, objective
    return Pursuit(weight, gap, iterations, "solved" if gap <= tolerance else "iteration_limit")


def largest_penalty(image: Array, bases: Sequence[ImageBasis]) -> float:
    """‖Dᵀy‖∞: from this λ on the solution is 0."""
    return float(np.abs(analyse(image, bases)).max())


def analyse(image: Array, bases: Sequence[ImageBasis]) -> Array:
    """Dᵀy: (h, w) -> (m, n)."""
    return np.stack([basis.analyse(image) for basis in bases])


def synthesise(weight: Array, bases: Sequence[ImageBasis]) -> Array:
    """Dw: (m, n) -> (h, w)."""
    return sum((basis.synthesise(part) for basis, part in zip(bases, weight)), np.zeros(bases[0].size))


def shrunk(values: Array, by: float) -> Array:
    """sign(v) max(|v| - by, 0)."""
    return np.sign(values) * np.maximum(np.abs(values) - by, 0)


def refitted(image: Array, bases: Sequence[ImageBasis], support: Array, *, steps: int = 60) -> Array:
    """(m, n): least squares on a support (m, n) of True, which takes back what shrinking cost; conjugate gradients.

    Of a single basis the coefficients themselves, at once.
    """
    weight = np.zeros(support.shape)
    slope = direction = np.where(support, analyse(image, bases), 0)
    squared = float((slope**2).sum())
    least = 1e-16 * squared
    for _ in range(steps):
        if squared <= least:
            break
        image_of = synthesise(direction, bases)
        step = squared / float((image_of**2).sum())
        weight = weight + step * direction
        slope = slope - step * np.where(support, analyse(image_of, bases), 0)
        squared, last = float((slope**2).sum()), squared
        direction = slope + squared / last * direction
    return weight


def _bound(y: Array, rest: Array, bases: Sequence[ImageBasis], penalty: float) -> float:
    largest = max(float(np.abs(analyse(rest, bases)).max()), np.finfo(float).tiny)
    theta = rest * min(1.0, penalty / largest)
    return float((y**2).sum()) / 2 - float(((y - theta) ** 2).sum()) / 2
