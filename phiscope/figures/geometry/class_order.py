"""Classes in an order in which neighbours stand beside each other, and the groups that they fall into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_OPTIMAL = 200  # classes whose order is optimal among those of the tree; of more it takes too long
_GROUPS = 12  # at most, that are named
_SMALLEST = 1 / 40  # share of the classes that a group needs to be named


@dataclass(frozen=True)
class ClassOrder:
    """order (n,): classes; groups: (first place, places, the class closest to the others) of the larger ones."""

    order: NDArray[np.int64]
    groups: Sequence[tuple[int, int, int]]


def class_order(distances: NDArray) -> ClassOrder:
    """Average linkage of what two classes are apart, (n, n); NaN where that is not known, taken for the largest.

    Leaves in the order of least distances between neighbours (Bar-Joseph, Gifford and Jaakkola 2001). The tree is cut
    where most groups are large enough to be named, a few at most.
    """
    from scipy.cluster import hierarchy  # deferred: slow to import
    from scipy.spatial.distance import squareform

    known = np.fmin(distances, distances.T)
    finite = known[np.isfinite(known)]
    known = np.where(np.isfinite(known), known, finite.max(initial=0.0))
    np.fill_diagonal(known, 0)
    tree = hierarchy.linkage(squareform(known, checks=False), "average", optimal_ordering=len(known) <= MOST_OPTIMAL)
    order = hierarchy.leaves_list(tree).astype(np.int64)
    cuts = [
        _groups(known, order, hierarchy.fcluster(tree, t, "maxclust")) for t in range(2, min(len(order), 10 * _GROUPS))
    ]
    fitting = [groups for groups in cuts if len(groups) <= _GROUPS]
    return ClassOrder(order, max(fitting, key=len, default=[]))


def _groups(known: NDArray, order: NDArray, group: NDArray) -> list[tuple[int, int, int]]:
    found, place = [], 0
    for members in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(members) >= max(2, _SMALLEST * len(order)):
            central = members[known[np.ix_(members, members)].sum(1).argmin()]
            found.append((place, len(members), int(central)))
        place += len(members)
    return found
