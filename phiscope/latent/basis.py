"""Quasi-eigenvectors: an orthogonal basis of latent space whose first axes carry labels.

Steps 4 to 6 of Toledo-Marín and Glazier 2021, here the paper.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import FloatArray, IntArray, require_finite
from phiscope.errors import ConfigError, DataError

NO_LABEL = -1
NO_SET = 0
_DEPENDENT = 1e-8  # a vector that keeps less of its norm than this after orthogonalisation says nothing new


@dataclass(frozen=True)
class Averages:
    """|η⟩ of every set, in the order of Toledo-Marín and Glazier 2021: all labels of set 1, then of set 2, and so on.

    vectors (k, M) and deviations (k, M) float64, per entry; labels, sets (sets count from 1) and counts (k,).
    `missing`: the (label, set) that had no latent, as of a label that the generator never makes.
    """

    vectors: NDArray[np.float64]
    deviations: NDArray[np.float64]
    labels: NDArray[np.int64]
    sets: NDArray[np.int64]
    counts: NDArray[np.int64]
    missing: tuple[tuple[int, int], ...]

    def of_set(self, number: int) -> Averages:
        """The averages of one set alone."""
        return self.take(np.flatnonzero(self.sets == number))

    def take(self, rows: IntArray) -> Averages:
        """The averages in another order, or fewer of them."""
        return Averages(
            self.vectors[rows],
            self.deviations[rows],
            self.labels[rows],
            self.sets[rows],
            self.counts[rows],
            self.missing,
        )


@dataclass(frozen=True)
class Basis:
    """⟨ξ_j|ξ_k⟩ = C δ_jk, equation (7), with C = M.

    vectors (M, M) float64, one ξ per row; labels (M,), `NO_LABEL` for a random axis; sets (M,) from 1, `NO_SET`
    for a random axis. cosine (M,): between each ξ and the η it was made from, which for Gram-Schmidt is the
    share of the norm of η that was left; a small one means an axis that is mostly the noise of the average.
    NaN for a random axis. `condition`: of the η that the labelled axes were made from. `dropped`: the
    (label, set) whose averages lay in the span of those before, and that have no axis.
    """

    vectors: NDArray[np.float64]
    labels: NDArray[np.int64]
    sets: NDArray[np.int64]
    cosine: NDArray[np.float64]
    condition: float
    dropped: tuple[tuple[int, int], ...]

    @property
    def dimension(self) -> int:
        """M."""
        return len(self.vectors)

    @property
    def norm_squared(self) -> float:
        """C of equation (7): what ⟨z|z⟩ is on average for a normal z."""
        return float(self.dimension)

    @property
    def orthogonality(self) -> float:
        """max |⟨ξ_j|ξ_k⟩ / C - δ_jk|."""
        return float(np.abs(gram(self.vectors) / self.norm_squared - np.eye(self.dimension)).max())

    def axis(self, label: int, number: int = 1) -> int:
        """Index of the axis of a label in a set."""
        indices = np.flatnonzero((self.labels == label) & (self.sets == number))
        if not len(indices):
            axes = ", ".join(map(str, self.labels[self.sets == number])) or "none"
            raise DataError(f"basis: label {label} has no axis in set {number}; the labels that have one: {axes}")
        return int(indices[0])

    @property
    def first_labels(self) -> list[int]:
        """Labels that have an axis in set 1, in order."""
        return sorted(self.labels[self.sets == 1].tolist())


def averages(latents: FloatArray, labels: IntArray, sets: IntArray | None = None, *, label_count: int) -> Averages:
    """|η⟩_{α,i} = (1/V) Σ_j |z_{α,i}^j⟩, equation (2), and the deviations of the entries.

    latents (n, M); labels (n,) in 0 .. label_count - 1; sets (n,) from 1, default all in set 1. Deviations have
    n - 1 below the line and are zero for a single latent.
    """
    require_finite(latents, "latents")
    sets = np.ones(len(labels), dtype=np.int64) if sets is None else np.asarray(sets)
    pairs = [(label, number) for number in range(1, sets.max(initial=1) + 1) for label in range(label_count)]
    members = {pair: np.flatnonzero((labels == pair[0]) & (sets == pair[1])) for pair in pairs}
    filled = [pair for pair in pairs if len(members[pair])]
    if not filled:
        raise DataError(f"averages: {len(latents)} latents, none labelled 0 to {label_count - 1}; there is no average")
    groups = [latents[members[pair]].astype(np.float64) for pair in filled]
    return Averages(
        np.stack([group.mean(0) for group in groups]),
        np.stack([group.std(0, ddof=int(len(group) > 1)) for group in groups]),
        np.array([label for label, _ in filled]),
        np.array([number for _, number in filled]),
        np.array([len(group) for group in groups]),
        tuple(pair for pair in pairs if not len(members[pair])),
    )


def quasi_eigenvectors(
    latents: FloatArray,
    labels: IntArray,
    sets: IntArray | None = None,
    *,
    label_count: int | None = None,
    first_set: str = "gram-schmidt",
    rest: str = "averages",
    normalise: bool = False,
    seed: int = 0,
) -> Basis:
    """Orthogonal ξ with ⟨ξ|ξ⟩ = M that span latent space, made from the averages of labelled latents, in one call.

    For latents of one's own: a run keeps the averages, too, and calls `averages` and `orthogonalise`.
    latents (n, M), labels (n,), sets (n,) as in `averages`; the other options as in `orthogonalise`. Equations
    (2) to (7).
    """
    known = int(np.max(labels)) + 1 if label_count is None else label_count
    means = averages(latents, labels, sets, label_count=known)
    return orthogonalise(means, first_set=first_set, rest=rest, normalise=normalise, seed=seed)


def orthogonalise(
    means: Averages,
    *,
    first_set: str = "gram-schmidt",
    rest: str = "averages",
    normalise: bool = False,
    seed: int = 0,
) -> Basis:
    """ξ of averages, equations (3) to (7).

    first_set: `gram-schmidt` in the order given, or `lowdin`, which treats all labels alike. rest: `averages` of
    the sets 2, 3, ... by Gram-Schmidt in order, or `random`. normalise: scale every η to one norm first, so that
    Löwdin does not favour long ones; Gram-Schmidt is the same with it. Axes that the averages do not give
    are completed with random directions; averages beyond the M-th are left out: M need not be a multiple of
    the number of labels.
    """
    _check(first_set, FIRST_SETS, "first_set")
    _check(rest, ("averages", "random"), "rest")
    dimension = means.vectors.shape[1]
    if (means.sets == 1).sum() > dimension:
        raise DataError(f"basis: {(means.sets == 1).sum()} labels in {dimension} dimensions; expected no more labels")
    used = means.take(np.flatnonzero((means.sets == 1) | (rest == "averages"))[:dimension])
    vectors = used.vectors / np.linalg.norm(used.vectors, axis=1, keepdims=True) if normalise else used.vectors
    first = int((used.sets == 1).sum())
    axes, cosine = FIRST_SETS[first_set](vectors[:first])
    later, later_cosine = gram_schmidt(vectors[first:], axes)
    axes, cosine = np.vstack([axes, later]), np.concatenate([cosine, later_cosine])
    made = np.flatnonzero(cosine > 0)
    random = dimension - len(made)
    return Basis(
        np.vstack([axes[made], _random_axes(axes[made], seed)]) * np.sqrt(dimension),
        np.concatenate([used.labels[made], np.full(random, NO_LABEL)]),
        np.concatenate([used.sets[made], np.full(random, NO_SET)]),
        np.concatenate([cosine[made], np.full(random, np.nan)]),
        condition_number(vectors),
        tuple((int(used.labels[k]), int(used.sets[k])) for k in np.flatnonzero(cosine == 0)),
    )


def gram_schmidt(
    vectors: FloatArray, before: FloatArray | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Orthonormal q (k, M) with span(before, q_1 .. q_j) = span(before, v_1 .. v_j), equations (3) to (6).

    vectors (k, M); `before` (a, M) are orthonormal axes that come first. Returns q and the cosines (k,) between
    q_j and v_j. A vector in the span of those before gives a row of zeros, and cosine 0.
    """
    axes = np.zeros((0, vectors.shape[1])) if before is None else np.asarray(before, np.float64)
    first, cosines = len(axes), []
    for vector in vectors.astype(np.float64):
        left = vector
        for _ in range(2):  # once is not orthogonal to 1e-10 where vectors are nearly parallel; twice is enough
            left = left - axes.T @ (axes @ left)
        whole, rest = np.linalg.norm(vector), np.linalg.norm(left)
        new = rest > _DEPENDENT * whole
        axes = np.vstack([axes, left / rest if new else np.zeros_like(left)])
        cosines.append(rest / whole if new else 0.0)
    return axes[first:], np.array(cosines)


def lowdin(vectors: FloatArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """argmin Σ_k ‖q_k - v_k‖² over orthonormal q (k, M): (V Vᵀ)^(-1/2) V, the nearest set (Löwdin 1950).

    Returns q and the cosines between q_k and v_k. No vector comes first: permuted vectors give permuted axes.
    """
    left, singular, right = np.linalg.svd(vectors.astype(np.float64), full_matrices=False)
    if singular[-1] <= _DEPENDENT * singular[0]:
        raise DataError(
            f"Löwdin: the {len(vectors)} averages span fewer than {len(vectors)} dimensions (smallest over largest "
            f"singular value {singular[-1] / max(singular[0], 1e-300):.1e}); use gram-schmidt, which drops one"
        )
    axes = left @ right
    return axes, (axes * vectors).sum(1) / np.linalg.norm(vectors, axis=1)


FIRST_SETS: dict[str, Callable] = {"gram-schmidt": gram_schmidt, "lowdin": lowdin}


def gram(vectors: FloatArray) -> NDArray[np.float64]:
    """(k, k) inner products ⟨v_j|v_k⟩, Figures 4c and 4d."""
    vectors = vectors.astype(np.float64)
    return vectors @ vectors.T


def random_frame(dimension: int, *seed: int) -> NDArray[np.float64]:
    """(M, M) orthogonal directions of length √M, one per row, that know no label: every orthonormal basis alike.

    Drawn from Haar's measure: the Q of a normal matrix, with the signs that make R positive on its diagonal. A row is
    then uniform on the sphere, as a normal latent is once it is brought to ⟨z|z⟩ = M.
    """
    axes, upper = np.linalg.qr(np.random.default_rng(seed).standard_normal((dimension, dimension)))
    return (axes * np.sign(np.diag(upper))).T * np.sqrt(dimension)


def condition_number(vectors: FloatArray) -> float:
    """σ_max / σ_min of vectors (k, M): by how much orthogonalisation can amplify their noise."""
    return float(np.linalg.cond(vectors.astype(np.float64)))


def condition_by_count(vectors: FloatArray) -> NDArray[np.float64]:
    """(k,) condition number of the first 1, 2, ... k vectors: shows which set brings the trouble."""
    return np.array([condition_number(vectors[:count]) for count in range(1, len(vectors) + 1)])


def reordered(means: Averages, order: Sequence[int]) -> Averages:
    """The averages with the labels of every set in another order; `order` names every label once."""
    if sorted(order) != sorted(set(means.labels.tolist())):
        raise DataError(f"basis: order {list(order)}; expected every one of {sorted(set(means.labels.tolist()))} once")
    place = {label: position for position, label in enumerate(order)}
    return means.take(np.lexsort((np.array([place[label] for label in means.labels.tolist()]), means.sets)))


def effect_of_order(
    means: Averages, score: Callable[[Basis], float], *, orders: int, seed: int, **options
) -> NDArray[np.float64]:
    """(orders,) score of the bases that random label orders give; options as in `orthogonalise`.

    The spread is what the arbitrary order costs or brings; for Löwdin without Gram-Schmidt sets it is zero.
    """
    random = np.random.default_rng(seed)
    labels = np.unique(means.labels)
    shuffled = (random.permutation(labels).tolist() for _ in range(orders))
    return np.array([score(orthogonalise(reordered(means, order), seed=seed, **options)) for order in shuffled])


def _random_axes(axes: NDArray, seed: int) -> NDArray[np.float64]:
    """Orthonormal random axes that complete `axes` (k, M) to M."""
    count, dimension = axes.shape
    return gram_schmidt(np.random.default_rng(seed).normal(size=(dimension - count, dimension)), axes)[0]


def _check(value: str, known: Collection[str], name: str) -> None:
    if value not in known:
        raise ConfigError(f"basis: {name} {value!r}; expected one of {', '.join(known)}")
