"""Classes in an order in which neighbours stand beside each other, and the groups that they fall into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_OPTIMAL = 200  # classes whose order is optimal among those of the tree; of more it takes too long
_GROUPS, _FEWEST = 12, 4  # at most and at least, that are named
_CUTS = 60  # groups that are tried, the small ones among them
_HELD = 0.75  # share of the classes
_SMALLEST = 1 / 40  # share of the classes that a group needs to be named


@dataclass(frozen=True)
class ClassOrder:
    """order (n,): classes; groups: (first place, places, the class closest to the others) of the larger ones."""

    order: NDArray[np.int64]
    groups: Sequence[tuple[int, int, int]]


def class_order(distances: NDArray) -> ClassOrder:
    """Average linkage of what two classes are apart, (n, n); NaN where that is not known, taken for the largest.

    Leaves in the order of least distances between neighbours (Bar-Joseph, Gifford and Jaakkola 2001).
    """
    from scipy.cluster import hierarchy  # deferred: slow to import
    from scipy.spatial.distance import squareform

    known = np.fmin(distances, distances.T)
    finite = known[np.isfinite(known)]
    known = np.where(np.isfinite(known), known, finite.max(initial=0.0))
    np.fill_diagonal(known, 0)
    tree = hierarchy.linkage(squareform(known, checks=False), "average", optimal_ordering=len(known) <= MOST_OPTIMAL)
    order = hierarchy.leaves_list(tree).astype(np.int64)
    return ClassOrder(order, _best_cut(known, order, tree))


def _best_cut(known: NDArray, order: NDArray, tree: NDArray) -> list[tuple[int, int, int]]:
    """The groups of the widest gap between two heights of the tree at which a few large ones hold most classes; where
    there is none, those that hold most."""
    from scipy.cluster.hierarchy import fcluster

    found = []
    for count in range(2, min(len(order), _CUTS)):
        groups = _groups(known, order, fcluster(tree, count, "maxclust"))
        held, gap = sum(size for _, size, _ in groups) / len(order), tree[1 - count, 2] / max(tree[-count, 2], 1e-300)
        if len(groups) <= _GROUPS:
            found.append(((held >= _HELD and len(groups) >= _FEWEST, gap if held >= _HELD else held), groups))
    return max(found, key=lambda each: each[0], default=(None, []))[1]


def _groups(known: NDArray, order: NDArray, group: NDArray) -> list[tuple[int, int, int]]:
    found, place = [], 0
    for members in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(members) >= max(2, _SMALLEST * len(order)):
            central = members[known[np.ix_(members, members)].sum(1).argmin()]
            found.append((place, len(members), int(central)))
        place += len(members)
    return found
