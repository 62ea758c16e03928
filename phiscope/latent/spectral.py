"""Latent spectral decomposition (LSD): coefficients of latents along the axes, and what they say.

Toledo-Marín and Glazier 2021, sections IV and V, here the paper.

Latents are rows: z is (n, M), coefficients are (n, M) in the order of the axes of the basis.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import FloatArray, IntArray
from phiscope.errors import ConfigError, DataError
from phiscope.latent.basis import NO_LABEL, Basis
from phiscope.latent.operators import normalised, rotate

__all__ = [
    "classify", "compose", "cumulative", "decompose", "label_ranks", "largest_in_first_set", "ranked_amplitudes",
    "rotate", "truncate", "truncated",
]  # fmt: skip


def decompose(latents: FloatArray, basis: Basis) -> NDArray[np.float64]:
    """c_k = ⟨ξ_k|z⟩ / C, equation (9): (n, M) -> (n, M) float64."""
    if latents.shape[-1] != basis.dimension:
        raise DataError(f"decompose: latents of {latents.shape[-1]} dimensions; the basis has {basis.dimension}")
    return latents.astype(np.float64) @ basis.vectors.T / basis.norm_squared


def compose(coefficients: FloatArray, basis: Basis) -> NDArray[np.float64]:
    """|z⟩ = Σ_k c_k |ξ_k⟩, equations (1) and (8): (n, M) -> (n, M)."""
    return coefficients @ basis.vectors


def classify(
    coefficients: FloatArray, basis: Basis, *, axes: str = "all", sign: str = "magnitude"
) -> NDArray[np.int64]:
    """(n,) label of the axis with the largest amplitude.

    axes: `all`, or `first-set`, the axes of set 1 alone. sign: `magnitude` takes |c| as Toledo-Marín and Glazier
    2021 say, `signed` takes c, since -ξ is not the label of ξ. A random axis among `all` that wins gives `NO_LABEL`.
    """
    chosen = AXES[axes](basis) if axes in AXES else _unknown("axes", axes, AXES)
    return basis.labels[chosen[_rated(coefficients, sign)[:, chosen].argmax(1)]]


def label_ranks(
    coefficients: FloatArray, labels: IntArray, basis: Basis, *, axes: str = "all", sign: str = "magnitude"
) -> NDArray[np.int64]:
    """(n,) position, from 1, of the first axis that carries the sample's label (n,), axes from largest amplitude.

    A label without an axis comes after all of them. `cumulative` of it is Figure 5c; axes and sign as in
    `classify`.
    """
    chosen = AXES[axes](basis) if axes in AXES else _unknown("axes", axes, AXES)
    rated = _rated(coefficients, sign)[:, chosen]
    own = basis.labels[chosen] == np.asarray(labels)[:, None]
    best = np.where(own, rated, -np.inf).max(1, keepdims=True)
    return 1 + (rated > best).sum(1)


def cumulative(ranks: IntArray, most: int) -> NDArray[np.float64]:
    """(most,) share of samples whose label is among the first 1, 2, ... axes, Figure 5c."""
    return np.array([(ranks <= count).mean() for count in range(1, most + 1)])


def largest_in_first_set(coefficients: FloatArray, basis: Basis) -> NDArray[np.bool_]:
    """(n,) whether the largest |c| is along an axis of set 1: 99 % in Toledo-Marín and Glazier 2021."""
    return basis.sets[np.abs(coefficients).argmax(1)] == 1


def ranked_amplitudes(coefficients: FloatArray) -> NDArray[np.float64]:
    """(n, M) |c_i| / max |c_j| from largest to smallest, Figure 6."""
    amplitudes = -np.sort(-np.abs(coefficients), axis=1)
    return amplitudes / np.maximum(amplitudes[:, :1], np.finfo(float).tiny)


def truncate(latents: FloatArray, basis: Basis, components: int, *, renormalise: bool = False) -> NDArray[np.float64]:
    """Σ over the `components` largest |c_k| of c_k |ξ_k⟩: the nearest latent (n, M) with so few, section V.

    ASSUME: 'drop the contribution from quasi-eigenvectors with low amplitudes' leaves the others as they are;
    `renormalise` instead brings ⟨z|z⟩ back to M, where the generator was trained.
    """
    if not 1 <= components <= basis.dimension:
        raise DataError(f"truncate: {components} components; expected 1 to {basis.dimension}")
    coefficients = decompose(latents, basis)
    order = np.argsort(-np.abs(coefficients), axis=1, kind="stable")
    np.put_along_axis(coefficients, order[:, components:], 0.0, axis=1)
    kept = compose(coefficients, basis)
    return normalised(kept) if renormalise else kept


def truncated(
    latents: FloatArray,
    basis: Basis,
    counts: Sequence[int],
    decode: Callable[[NDArray], NDArray],
    *,
    renormalise: bool = False,
) -> Iterator[tuple[int, NDArray]]:
    """Pairs of a count and the decoded truncations (n, ...) to it: a row of Figure 7, and of its measurements."""
    for count in counts:
        yield count, decode(truncate(latents, basis, count, renormalise=renormalise))


def _rated(coefficients: FloatArray, sign: str) -> NDArray:
    return (SIGNS[sign] if sign in SIGNS else _unknown("sign", sign, SIGNS))(coefficients)


def _all_axes(basis: Basis) -> NDArray[np.int64]:
    return np.arange(basis.dimension)


def _first_set(basis: Basis) -> NDArray[np.int64]:
    return np.flatnonzero((basis.sets == 1) & (basis.labels != NO_LABEL))


AXES = {"all": _all_axes, "first-set": _first_set}
# ASSUME: |c| as Toledo-Marín and Glazier 2021 write, though -ξ need not decode to the label of ξ; `signed` is offered.
SIGNS: dict[str, Callable[[FloatArray], NDArray]] = {"magnitude": np.abs, "signed": np.asarray}


def _unknown(name: str, value: str, known: Collection[str]) -> NoReturn:
    raise ConfigError(f"LSD: {name} {value!r}; expected one of {', '.join(known)}")
