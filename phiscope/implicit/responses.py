"""Are latent directions Fourier-like? The response of a decoder to each of them, in complete bases, beside controls.

The response of 𝒟 at a latent z to a direction v is its directional derivative J(z) v = d/dt 𝒟(z + t v) at t = 0: an
image. If latents were Fourier features, one direction would be one wave.

ASSUME: responses are measured without each channel's mean: to brighten all of an image is no wave, and pixels, which
hold no constant, would be measured by it alone.
ASSUME: a wave of any phase is one wave: in `waves` the energies of a cosine and its sine are added. The other bases
are complete and real, with as many functions as pixels, so that numbers can be compared between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phiscope.arrays import blocks, generator
from phiscope.errors import DataError
from phiscope.implicit.bases import LARGEST_MATRIX, basis
from phiscope.implicit.waves import Size, grid_waves, has_sine

Array = NDArray[np.float64]
Decode = Callable[[Tensor], Tensor]

BASES = ("waves", "fourier", "dct", "pixels", "orthogonal")
LARGEST = (1, 4, 16)  # coefficients of which the share of the energy is given
_BATCH = 256  # responses at a time


@dataclass(frozen=True)
class Concentration:
    """Of each response: how few functions of a basis hold its energy; NaN where it has none.

    effective (m,): (Σ e)² / Σ e², e = c² the energies of the functions: 1 for a single one, their number for equal
    ones; for Gaussian coefficients a third of their number, for waves of Gaussian amplitude and any phase half.
    share (m, len(LARGEST)): of the energy, in the 1, 4 and 16 largest.
    ASSUME: the participation ratio rather than the exponential of the entropy, which a long faint tail decides.
    """

    effective: Array
    share: Array


def respond(decode: Decode, latents: Tensor, directions: Tensor) -> NDArray[np.float32]:
    """J(z_i) v_i of every pair, (m, c, h, w): latents and directions (m, ...) alike, decode (b, ...) -> (b, c, h, w).

    Forward mode: exact, one pass. Where a ReLU has its kink, the derivative of one of its sides.
    """
    if latents.shape != directions.shape:
        raise DataError(f"latents {tuple(latents.shape)}, directions {tuple(directions.shape)}: expected pairs")
    parts = []
    with torch.no_grad():
        for part in blocks(len(latents), _BATCH):
            change = torch.func.jvp(decode, (latents[part],), (directions[part],))[1]
            parts.append(change.float().cpu().numpy())
    return np.concatenate(parts)


@dataclass(frozen=True)
class Responses:
    """How concentrated the response to each of d directions is, the mean over points where there is any, by basis."""

    by_basis: dict[str, Concentration]

    @classmethod
    def of(cls, decode: Decode, points: Tensor, directions: Tensor, *, seed: int = 0) -> Responses:
        """points (p, ...), directions (d, ...): every direction at every point."""
        pairs = directions.repeat_interleave(len(points), 0)
        images = respond(decode, points.repeat(len(directions), *[1] * (points.ndim - 1)), pairs)
        return cls.of_images(images.reshape(len(directions), len(points), *images.shape[1:]), seed=seed)

    @classmethod
    def of_images(cls, images: NDArray, *, seed: int = 0) -> Responses:
        """images (d, p, c, h, w), whatever they are responses to."""
        flat = images.reshape(-1, *images.shape[2:])
        return cls(
            {
                name: _mean(concentration(flat, name, seed=seed), images.shape[:2])
                for name in bases_for(images.shape[3:])
            }
        )


def mixtures(family: Tensor, count: int, seed: int) -> Tensor:
    """(count, ...): directions drawn at random from all that a family (d, ...) spans, each of unit norm.

    Uniform over them where the family is orthogonal.
    """
    drawn = torch.from_numpy(generator(seed, len(family)).normal(size=(count, len(family)))).to(family)
    mixed = drawn @ family.flatten(1)
    return (mixed / mixed.norm(dim=1, keepdim=True)).view(count, *family.shape[1:])


def some(family: Tensor, count: int, seed: int) -> Tensor:
    """`count` of a family (d, ...), drawn without repetition; all of it, in order, where it has no more."""
    if len(family) <= count:
        return family
    return family[np.sort(generator(seed, len(family)).permutation(len(family))[:count])]


def concentration(images: NDArray, name: str, *, seed: int = 0) -> Concentration:
    """Of images (m, c, h, w), in one of BASES; channels count together. seed: of the random orthogonal basis."""
    energy = energies(images, name, seed=seed)
    total = energy.sum(axis=1)
    falling = -np.sort(-energy, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.stack([falling[:, :count].sum(axis=1) / total for count in LARGEST], axis=1)
        return Concentration(total**2 / np.square(energy).sum(axis=1), share)


def energies(images: NDArray, name: str, *, seed: int = 0) -> Array:
    """(m, functions): energy of images (m, c, h, w), without the mean of each channel, in every function of a basis."""
    images = np.asarray(images, dtype=np.float64)
    if images.ndim != 4:
        raise DataError(f"images {images.shape}: expected (m, c, h, w)")
    size, power = images.shape[2:], np.square(images).sum(axis=(1, 2, 3))
    centred = images - images.mean(axis=(2, 3), keepdims=True)
    energy = np.square(_coefficients(centred, name, seed)).sum(axis=1)
    # What is left of a constant is rounding, and no image.
    energy[energy.sum(axis=1) <= 1e-12 * power] = 0
    return _by_wave(energy, size) if name == "waves" else energy


def bases_for(size: Size) -> Iterator[str]:
    """The names of BASES that images of that size can be measured in: a random basis is a matrix, and not for all."""
    return (name for name in BASES if name != "orthogonal" or size[0] * size[1] <= LARGEST_MATRIX)


def _mean(concentration: Concentration, shape: Size) -> Concentration:
    share = concentration.share.reshape(*shape, len(LARGEST))
    return Concentration(_mean_of_any(concentration.effective.reshape(shape)), _mean_of_any(share))


def _mean_of_any(values: Array) -> Array:
    """(d, p, ...) to (d, ...): the mean over points that have a number; NaN where none has."""
    there = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.where(there, values, 0).sum(axis=1) / there.sum(axis=1)


def _coefficients(images: Array, name: str, seed: int) -> Array:
    if name == "pixels":
        return images.reshape(*images.shape[:2], -1)
    return basis("fourier" if name == "waves" else name, images.shape[2:], seed=seed).analyse(images)


def _by_wave(energy: Array, size: Size) -> Array:
    """(m, h·w), cosines then sines, to (m, waves): what one wave carries, whatever its phase; the mean is left out."""
    waves = grid_waves(size)
    by_wave = energy[:, : len(waves)].copy()
    by_wave[:, has_sine(waves, size)] += energy[:, len(waves) :]
    return by_wave[:, (waves != 0).any(axis=1)]
