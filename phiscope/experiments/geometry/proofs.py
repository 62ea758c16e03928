"""Hull projections of the tables, looked at again with code that shares nothing with the solver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope import stats, tables
from phiscope.arrays import blocks
from phiscope.geometry.hull import NEAR, queries_at_a_time, verify


class Points(NamedTuple):
    """vectors (n, d) and the numbers of the samples that they are (n,); labels (n,) of those that span hulls of
    classes, else None."""

    vectors: NDArray
    samples: NDArray[np.int64]
    labels: NDArray[np.int64] | None = None


Opened = Callable[[], Points]  # read when they are needed: a view at a time


def proofs(
    hulls: pd.DataFrame,
    processed: pd.DataFrame | None,
    features: Mapping[str, Opened],
    training: Opened,
    spanning: Mapping[str, Opened],
    pixels: tuple[Opened, Opened],
    most: int | None,
    classes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per view and space with its worst numbers, of the first `most` samples of each.

    hulls, processed, classes: the tables `hulls`, `processed_hulls` and `class_hulls`; features: by view; training:
    what spans the hull in feature space; spanning: features of training images by the view they went through; pixels:
    test and training images.
    """
    rows = []
    vertices = training()
    for view, opened in features.items():
        part = _part(hulls, view, "feature", most)
        rows += [proof(part, opened(), vertices)] if len(part) else []
        rows += _of_classes(classes, view, opened, vertices, most)
    for (view, hull_of), own in _processed(processed):
        part = stats.named_after_hull(own if most is None else own.head(most))
        rows.append(proof(part, features[view](), spanning[hull_of]()))
    part = _part(hulls, "original", "pixel", most)  # images of other views are gone by now
    if len(part):
        test, train = pixels
        rows.append(proof(part, test(), train()))
    return pd.DataFrame(rows)


def _of_classes(
    classes: pd.DataFrame | None, view: str, features: Opened, training: Points, most: int | None
) -> list[dict[str, Any]]:
    """One row with the worst numbers over all classes, of the first `most` projections of the view onto their hulls."""
    rows = pd.DataFrame() if classes is None else stats.named_after_classes(classes[classes["view"] == view])
    if rows.empty:
        return []
    assert training.labels is not None
    points = features()
    parts = [
        proof(part, points, Points(training.vectors[members], training.samples[members]))
        for label, part in rows.head(len(rows) if most is None else most).groupby("hull_class")
        for members in [training.labels == label]
    ]
    summed = {name: sum(part[name] for part in parts) for name in ("n", "touching")}
    worst = {name: max(part[name] for part in parts) for name in ("relative_gap", "distance_error", "weight_error")}
    return [parts[0] | summed | worst]


def proof(hulls: pd.DataFrame, points: Points, vertices: Points) -> dict[str, Any]:
    """One row for rows of `hulls` of one view and space.

    relative_gap: the largest g / (‖z - x‖ R) of those that do not touch the hull. distance_error: the largest
    difference to the distance in the table, relative to R. weight_error: how far the coefficients are from being
    nonnegative with sum 1.
    """
    rows = pd.Index(points.samples).get_indexer(hulls["sample"])
    size = queries_at_a_time(points.vectors.shape[1])
    parts = [_worst(hulls.iloc[part], points.vectors[rows[part]], vertices) for part in blocks(len(rows), size)]
    return {
        "view": hulls["view"].iloc[0],
        "space": hulls["space"].iloc[0],
        "n": len(hulls),
        "touching": sum(part["touching"] for part in parts),
        **{name: max(part[name] for part in parts) for name in ("relative_gap", "distance_error", "weight_error")},
    }


def _worst(hulls: pd.DataFrame, queries: NDArray, vertices: Points) -> dict[str, float]:
    projection = tables.hull_projection(hulls, vertices.vectors, vertices.samples)
    checked = verify(projection, queries, vertices.vectors)
    away = projection.distance > NEAR * checked.farthest
    scale = projection.distance * checked.farthest
    relative = np.divide(checked.gap, scale, out=np.zeros(len(away)), where=away)
    return {
        "touching": int((~away).sum()),
        "relative_gap": relative.max(),
        "distance_error": (checked.distance_error / checked.farthest).max(),
        "weight_error": max(checked.weight_sum_error.max(), -checked.least_weight.min(), 0.0),
    }


def _part(hulls: pd.DataFrame, view: str, space: str, most: int | None) -> pd.DataFrame:
    rows = hulls[(hulls["view"] == view) & (hulls["space"] == space)]
    return rows if most is None else rows.head(most)


def _processed(processed: pd.DataFrame | None) -> Iterable[tuple[tuple[str, str], pd.DataFrame]]:
    return [] if processed is None else processed.groupby(["view", "hull_of"])
