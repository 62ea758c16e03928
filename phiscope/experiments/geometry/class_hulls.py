"""Projections onto the hulls of single classes, as columns of the table `class_hulls`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope import tables
from phiscope.geometry import hull
from phiscope.head import Head


class Spanning(NamedTuple):
    """Training samples: vectors (n, f), labels (n,), -1 where there is none, sample numbers (n,), and the noise (n,) of
    the vectors."""

    vectors: NDArray
    labels: NDArray[np.int64]
    numbers: NDArray[np.int64]
    noise: NDArray[np.float64]

    @classmethod
    def of(cls, spanning: Mapping[str, NDArray], head: Head) -> Spanning:
        """From what `phiscope.experiments.geometry.spanning` opens."""
        vectors = spanning["features"]
        return cls(vectors, spanning["labels"], spanning["samples"], head.noise.of_features(vectors))


def projected_by_class(
    points: NDArray,
    logits: NDArray,
    spanning: Spanning,
    *,
    classes: int | None = None,
    noise: NDArray[np.float64],
    tolerance: float,
    threads: int,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[NDArray[np.int64], dict[str, Any]]:
    """Rows of points (m, f), and columns of `class_hulls` for each class whose hull they are projected onto.

    Those are the `classes` classes with the largest logits (m, n) of a point, all where None, which training samples
    have as a label: a class without any spans no hull. noise (m,): of the points. Rows come in the order of the points,
    and of the classes.
    """
    wanted = largest_logits(logits, classes)
    labels = np.unique(spanning.labels[spanning.labels >= 0])
    asked = [(label, np.flatnonzero(wanted[:, label])) for label in labels.tolist() if label < wanted.shape[1]]
    total, done, parts = sum(len(rows) for _, rows in asked), 0, []
    for label, rows in asked:
        members = spanning.labels == label
        projection = hull.project(points[rows], spanning.vectors[members], tol=tolerance, threads=threads)
        together = noise[rows] + spanning.noise[members].max()
        columns = tables.hull_columns(projection, spanning.numbers[members], "feature", together)
        columns["hull_class"] = np.full(len(rows), label)
        columns["is_predicted"] = logits[rows].argmax(1) == label
        parts.append((rows, columns))
        done += len(rows)
        if progress is not None:
            progress(done, total)
    return _in_order(parts)


def largest_logits(logits: NDArray, classes: int | None) -> NDArray[np.bool_]:
    """(m, n) whether a class is among those with the largest logits of a sample; the lowest index among equals."""
    m, n = logits.shape
    if classes is None or classes >= n:
        return np.ones((m, n), bool)
    among = np.zeros((m, n), bool)
    np.put_along_axis(among, np.argsort(-logits, axis=1, kind="stable")[:, :classes], True, axis=1)
    return among


def _in_order(parts: list[tuple[NDArray, dict[str, Any]]]) -> tuple[NDArray[np.int64], dict[str, Any]]:
    """All parts as one, by point and class."""
    if not parts:
        empty = tables.no_rows("class_hulls")
        return np.empty(0, np.int64), {key: empty[key] for key in empty if key not in tables.SAMPLE_COLUMNS}
    rows = np.concatenate([rows for rows, _ in parts])
    order = np.argsort(rows, kind="stable")  # parts come class after class
    joined = {name: _joined([columns[name] for _, columns in parts], order) for name in parts[0][1]}
    return rows[order], joined


def _joined(parts: list[Any], order: NDArray) -> Any:
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)[order]
    every = list(chain.from_iterable(parts))
    return [every[row] for row in order]
