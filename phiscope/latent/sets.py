"""The labelled sets of latents that averages are taken of: step 4 of Deep LSD, and whether V is large enough.

Networks come in as callables on arrays: decode: (b, M) -> images (b, ...), classify: images -> labels (b,).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import FloatArray, IntArray, blocks
from phiscope.errors import DataError

Decode = Callable[[NDArray], NDArray]
Classify = Callable[[NDArray], NDArray]


@dataclass(frozen=True)
class LatentSets:
    """latents (n, M), labels (n,), sets (n,) from 1; short: (label, set, how many there are) below V."""

    latents: FloatArray
    labels: NDArray[np.int64]
    sets: NDArray[np.int64]
    short: tuple[tuple[int, int, int], ...]


def label_latents(latents: FloatArray, decode: Decode, classify: Classify, *, batch: int = 1000) -> NDArray[np.int64]:
    """(n,) what the classifier says of the decoded latents (n, M), step 4(a).

    ASSUME: this, not the label in the data, is the label of a latent, as in the authors' scripts: an image that
    is decoded as another class counts for that class.
    """
    parts = [classify(decode(latents[part])) for part in blocks(len(latents), batch)]
    return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, np.int64)


def encoded(latents: FloatArray, labels: IntArray, *, label_count: int, size: int) -> LatentSets:
    """Set 1, step 4(a): the first `size` (V of Toledo-Marín and Glazier 2021) encodings (n, M) of every label (n,)."""
    rows = [np.flatnonzero(labels == label)[:size] for label in range(label_count)]
    short = tuple((label, 1, len(members)) for label, members in enumerate(rows) if len(members) < size)
    chosen = np.concatenate(rows)
    return LatentSets(latents[chosen], np.asarray(labels)[chosen].astype(np.int64), np.ones(len(chosen), int), short)


def drawn(
    decode: Decode,
    classify: Classify,
    *,
    dimension: int,
    label_count: int,
    sets: Sequence[int],
    size: int,
    seed: int,
    most: int | None = None,
    batch: int = 1000,
) -> LatentSets:
    """Sets of random latents, step 4(b): normal z labelled through generator and classifier.

    Draws until every label has `size` (V) latents for each of `sets`, filled in that order, or until `most`
    draws, default 3 times what equally frequent labels would need: a label that is made less than a third as often
    ends in `short` instead of drawing for hours.
    """
    wanted = size * len(sets)
    most = 3 * wanted * label_count if most is None else most
    random = np.random.default_rng(seed)
    by_label: list[list[NDArray]] = [[] for _ in range(label_count)]
    counts = np.zeros(label_count, dtype=np.int64)
    for part in blocks(most, batch):
        z = random.standard_normal((part.stop - part.start, dimension), dtype=np.float32)
        labels = label_latents(z, decode, classify, batch=batch)
        for label in np.flatnonzero(counts < wanted):
            members = z[labels == label][: wanted - counts[label]]
            by_label[label].append(members)
            counts[label] += len(members)
        if (counts >= wanted).all():
            break
    return _fill(by_label, counts, sets, size, dimension)


def _fill(by_label: list, counts: NDArray, sets: Sequence[int], size: int, dimension: int) -> LatentSets:
    """The latents of each label dealt to the sets in order."""
    numbers = np.repeat(np.asarray(sets, dtype=np.int64), size)
    latents = [np.concatenate([np.zeros((0, dimension), np.float32), *parts]) for parts in by_label]
    short = tuple(
        (label, int(number), int(have))
        for label, count in enumerate(counts)
        for k, number in enumerate(sets)
        if (have := np.clip(count - k * size, 0, size)) < size
    )
    return LatentSets(
        np.concatenate(latents),
        np.repeat(np.arange(len(by_label)), counts),
        np.concatenate([numbers[:count] for count in counts]),
        short,
    )


def joined(*parts: LatentSets) -> LatentSets:
    """Several collections as one: set 1 encoded, the others drawn."""
    return LatentSets(
        np.concatenate([part.latents for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.sets for part in parts]),
        tuple(row for part in parts for row in part.short),
    )


def sets_needed(dimension: int, label_count: int) -> int:
    """n of step 4 with M <= n l: the smallest number of sets that can span latent space.

    ASSUME: where l does not divide M, the last set is used as far as axes are missing, in label order.
    """
    return -(-dimension // label_count)


@dataclass(frozen=True)
class Convergence:
    """How far averages and deviations of two disjoint halves differ, by the size V of a half.

    sizes (s,); average (s, l) and deviation (s, l): root mean square over the M entries of the differences,
    per label, NaN where a label has fewer than 2 V latents; expected (s, l): √(2/V) times the root mean square
    deviation, what independent latents give for `average`.
    """

    sizes: NDArray[np.int64]
    average: NDArray[np.float64]
    deviation: NDArray[np.float64]
    expected: NDArray[np.float64]


def convergence(latents: FloatArray, labels: IntArray, *, label_count: int, sizes: Sequence[int]) -> Convergence:
    """Do averages and deviations converge with V, as Toledo-Marín and Glazier 2021 say they checked?

    latents (n, M), labels (n,). Two halves are compared, not V latents with all of them: that comparison ends at
    zero whatever the latents are.
    """
    if min(sizes) < 2:
        raise DataError(f"convergence: sizes {list(sizes)}; expected 2 or more latents, or there is no deviation")
    shape = (len(sizes), label_count)
    average, deviation, expected = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    for label in range(label_count):
        members = latents[labels == label].astype(np.float64)
        for k, size in enumerate(sizes):
            if len(members) < 2 * size:
                continue
            halves = members[:size], members[size : 2 * size]
            average[k, label] = _rms(halves[0].mean(0) - halves[1].mean(0))
            deviation[k, label] = _rms(halves[0].std(0, ddof=1) - halves[1].std(0, ddof=1))
            expected[k, label] = np.sqrt(2 / size) * _rms(members.std(0, ddof=1))
    return Convergence(np.asarray(sizes, dtype=np.int64), average, deviation, expected)


def _rms(values: NDArray) -> float:
    return float(np.sqrt(np.mean(values**2)))
