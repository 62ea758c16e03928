"""Operators in latent space: projection, rotation from label to label, straight paths. Deep LSD, section VI."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import FloatArray
from phiscope.errors import ConfigError, DataError
from phiscope.latent.basis import Basis


@dataclass(frozen=True)
class Path:
    """Latents along the way: latents (t + 1, n, M), the start included.

    source, target (t + 1,) labels of the stage and angle (t + 1,) in radians from the source's axis, at which each
    step ended; the start has the first stage's labels and angle 0.
    """

    latents: NDArray[np.float64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    angle: NDArray[np.float64]


def total(basis: Basis) -> NDArray[np.float64]:
    """𝒜 = Σ_j |ξ_j⟩⟨ξ_j|, (M, M): 𝒜|z⟩ = C|z⟩, since the axes span the space."""
    return basis.vectors.T @ basis.vectors


def projection(basis: Basis, source: int, target: int) -> NDArray[np.float64]:
    """B = |ξ_j⟩⟨ξ_i| / ⟨ξ_i|ξ_i⟩, equation (10), (M, M): takes ξ_i to ξ_j, every other axis to zero.

    source i and target j are indices of axes, as `Basis.axis` gives them.
    """
    return np.outer(basis.vectors[target], basis.vectors[source]) / basis.norm_squared


def projector(basis: Basis, source: int, target: int, step: float, angle: float) -> NDArray[np.float64]:
    """R = |cos(θ+Δθ) ξ_i + sin(θ+Δθ) ξ_j⟩⟨cos θ ξ_i + sin θ ξ_j| / C, equation (11) as printed, (M, M).

    Of rank one: whatever latent comes in, what comes out is a multiple of one vector, and after normalisation
    plus or minus one and the same image. ASSUME: 'proportional to' is 1 / C, as in equation (10).
    """
    u, v = basis.vectors[source], basis.vectors[target]
    before = np.cos(angle) * u + np.sin(angle) * v
    after = np.cos(angle + step) * u + np.sin(angle + step) * v
    return np.outer(after, before) / basis.norm_squared


def givens(basis: Basis, source: int, target: int, step: float, angle: float = 0.0) -> NDArray[np.float64]:
    """R = 1 + (cos Δθ - 1)(|ξ_i⟩⟨ξ_i| + |ξ_j⟩⟨ξ_j|)/C + sin Δθ (|ξ_j⟩⟨ξ_i| - |ξ_i⟩⟨ξ_j|)/C, (M, M).

    Orthogonal; rotates the plane of the two axes by Δθ from i to j and leaves everything off it alone, so
    different latents stay different. The same at every `angle`, which is there for `rotate`.
    """
    u, v = basis.vectors[source], basis.vectors[target]
    plane = np.outer(u, u) + np.outer(v, v)
    turn = np.outer(v, u) - np.outer(u, v)
    return np.eye(basis.dimension) + ((np.cos(step) - 1) * plane + np.sin(step) * turn) / basis.norm_squared


def rotate(
    latents: FloatArray,
    basis: Basis,
    labels: Sequence[int],
    *,
    step: float = np.pi / 6,
    steps: int | None = None,
    kind: str = "givens",
    renormalise: bool = True,
) -> Path:
    """Turn latents (n, M) from the axis of each label in `labels` to that of the next, step by step, Algorithm 1.

    step: Δθ in radians; steps: how many per stage, default as many as a quarter turn needs, of equal size at most
    `step`. Given, `steps` are taken of `step` each, wherever that ends: π/3 thrice, as Algorithm 1 prints, ends
    at minus the axis one came from. kind: `givens`, `projector` (equation 11, steps that add up), or
    `algorithm`, equation (11) with the arguments that Algorithm 1 prints, R(r Δθ, (r - 1) Δθ), whose steps do not
    add up. renormalise: ⟨z|z⟩ = M after each step. Axes are those of set 1.

    ASSUME: α, α in Algorithm 1 means α, α + 1, as their words say; Δθ is π/6 as they write, not π/3.
    """
    if kind not in KINDS:
        raise ConfigError(f"rotate: kind {kind!r}; expected one of {', '.join(KINDS)}")
    if len(labels) < 2:
        raise DataError(f"rotate: labels {list(labels)}; expected at least two, from and to")
    operator, schedule = KINDS[kind]
    count, size = _steps(step, steps)
    z = latents.astype(np.float64)
    rows = [(z, labels[0], labels[1], 0.0)]
    for source, target in pairwise(labels):
        i, j = basis.axis(source), basis.axis(target)
        for turn, angle in schedule(size, count):
            z = z @ operator(basis, i, j, turn, angle).T
            z = normalised(z) if renormalise else z
            rows.append((z, source, target, angle + turn))
    return Path(*(np.array(column) for column in zip(*rows)))


def straight(start: FloatArray, end: FloatArray, count: int) -> NDArray[np.float64]:
    """(count + 1, n, M): (1 - t) start + t end at t = 0, 1/count, ... 1; what rotations are compared with.

    start and end (n, M), or (M,) for one for all: two encodings, two averages η, or z and z + η_β - η_α.
    """
    start, end = np.broadcast_arrays(np.atleast_2d(start), np.atleast_2d(end))
    t = np.linspace(0, 1, count + 1)[:, None, None]
    return (1 - t) * start.astype(np.float64) + t * end


def normalised(latents: FloatArray) -> NDArray[np.float64]:
    """z / √(⟨z|z⟩ / M): ⟨z|z⟩ = M, what a normal latent has on average; a zero latent stays zero."""
    norms = np.linalg.norm(latents, axis=-1, keepdims=True)
    return latents * (np.sqrt(latents.shape[-1]) / np.where(norms > 0, norms, 1.0))


def _steps(step: float, steps: int | None) -> tuple[int, float]:
    if not step > 0 or (steps is not None and steps < 1):
        raise DataError(f"rotate: step {step} and steps {steps}; expected a positive angle and at least one step")
    if steps is not None:
        return steps, step
    count = int(np.ceil(np.pi / 2 / step - 1e-9))
    return count, np.pi / 2 / count


def _adding_up(step: float, count: int) -> Iterator[tuple[float, float]]:
    """Δθ at θ = 0, Δθ, 2 Δθ, ..."""
    return ((step, r * step) for r in range(count))


def _as_printed(step: float, count: int) -> Iterator[tuple[float, float]]:
    """r Δθ at θ = (r - 1) Δθ for r = 1, 2, ...: ends at (2 r - 1) Δθ."""
    return ((r * step, (r - 1) * step) for r in range(1, count + 1))


KINDS = {
    "givens": (givens, _adding_up),
    "projector": (projector, _adding_up),
    "algorithm": (projector, _as_printed),
}
