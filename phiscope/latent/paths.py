"""What decoded images do along paths in latent space: labels, diversity, and how linear the generator is.

Networks come in as callables on arrays: decode: (n, M) -> images (n, ...), classify: images -> labels (n,).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import FloatArray, IntArray
from phiscope.latent.basis import Averages

Decode = Callable[[NDArray], NDArray]
Classify = Callable[[NDArray], NDArray]


@dataclass(frozen=True)
class Along:
    """Per step of a path: shares (t, l) of the images that get each label, and their diversity (t,)."""

    shares: NDArray[np.float64]
    diversity: NDArray[np.float64]


def follow(path: FloatArray, decode: Decode, classify: Classify, *, label_count: int) -> Along:
    """What becomes of images whose latents go along `path` (t, n, M)."""
    shares, spread = [], []
    for latents in path:
        images = decode(latents)
        shares.append(np.bincount(classify(images), minlength=label_count) / len(latents))
        spread.append(diversity(images))
    return Along(np.array(shares), np.array(spread))


def diversity(images: FloatArray) -> float:
    """Mean over the pixels of the standard deviation over images (n, ...): 0 where all are one and the same."""
    return float(images.astype(np.float64).std(0).mean())


def linearisation_error(
    decode: Decode,
    tangent: Callable[[NDArray, NDArray], NDArray],
    latents: FloatArray,
    axis: FloatArray,
    steps: Sequence[float],
) -> NDArray[np.float64]:
    """‖𝒢(z + h ξ̂) - 𝒢(z) - h J(z) ξ̂‖ / ‖𝒢(z + h ξ̂) - 𝒢(z)‖, (steps, n): 0 for a generator linear along ξ.

    latents (n, M); axis ξ (M,) of any length, ξ̂ of length 1; tangent(z, v) = J(z) v. NaN where nothing changes.
    """
    unit = axis / np.linalg.norm(axis)
    start, slope = decode(latents), tangent(latents, unit)
    errors = []
    for step in steps:
        change = (decode(latents + step * unit) - start).reshape(len(latents), -1)
        rest = change - step * slope.reshape(len(latents), -1)
        length = np.linalg.norm(change, axis=1)
        errors.append(np.linalg.norm(rest, axis=1) / np.where(length > 0, length, np.nan))
    return np.array(errors)


def label_angles(means: Averages) -> NDArray[np.float64]:
    """(l, l) angle in radians between the averages |η⟩ of the labels of set 1: the metric of section VI.

    ASSUME: Toledo-Marín and Glazier 2021 define no metric. The axes ξ themselves are all equally far
    apart, by construction.
    """
    vectors = means.of_set(1).vectors
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.arccos(np.clip(unit @ unit.T, -1, 1))


def path_lengths(path: FloatArray, decode: Decode) -> NDArray[np.float64]:
    """(n,) length in pixels of the images along `path` (t, n, M): Σ ‖𝒢(z_t+1) - 𝒢(z_t)‖."""
    steps, count = path.shape[:2]
    images = decode(path.reshape(steps * count, -1)).reshape(steps, count, -1).astype(np.float64)
    return np.linalg.norm(np.diff(images, axis=0), axis=2).sum(axis=0)


def decodes_to(axes: FloatArray, decode: Decode, logits: Callable[[NDArray], NDArray]) -> tuple[IntArray, FloatArray]:
    """What the classifier sees in the decoded axes (k, M): its labels (k,) and how probable it finds them (k,)."""
    scores = logits(decode(axes)).astype(np.float64)
    odds = np.exp(scores - scores.max(1, keepdims=True))
    return scores.argmax(1), 1 / odds.sum(1)
