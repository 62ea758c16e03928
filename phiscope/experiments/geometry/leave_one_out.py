"""How far training samples lie from the hull of the others: what distances of new samples are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope import stats, tables
from phiscope.arrays import generator
from phiscope.detection.conformal import p_values
from phiscope.experiments.geometry.class_hulls import Spanning
from phiscope.geometry import hull

ALL, CLASS = "all", "class"
_STREAM = 19  # of the draw, apart from others of the same seed


def drawn(groups: NDArray, most: int, seed: int) -> NDArray[np.int64]:
    """Rows of at most `most` samples, as many of each group (n,) as of the others where it has them; -1 is no group."""
    order = generator(seed, _STREAM).permutation(len(groups))
    order = order[groups[order] >= 0]
    turn = pd.Series(groups[order]).groupby(groups[order]).cumcount().to_numpy()  # the first of each group, the second
    return np.sort(order[np.argsort(turn, kind="stable")[:most]])


def left_out(
    spanning: Spanning,
    predicted: NDArray[np.int64],
    *,
    most: int,
    of_classes: bool,
    seed: int,
    tolerance: float,
    threads: int,
    device: str = "cpu",
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, list]:
    """Columns of `leave_one_out` but view and split, for `most` training samples at the most of each kind of hull.

    `all`: the distance to the hull of all others, samples drawn evenly over the predicted classes (n,); `class`, where
    of_classes: to that of the others with the same label, drawn evenly over the labels. A sample that has a copy is at
    distance 0. The only sample, or the only one of its label, is left out: there are no others.

    A p-value by these distances is valid, P(p <= t) <= t, for a sample that is exchangeable with the training samples
    of its class: added to the training set, it would bring each of them no further from the hull of the others. Samples
    that a network was not fitted to are not exchangeable with those that it was.
    """
    jobs = list(_jobs(spanning, predicted, most, of_classes, seed))
    total, done, parts = sum(len(rows) for _, rows, _ in jobs), 0, []
    for kind, rows, members in jobs:
        place = np.searchsorted(members, rows)
        # All of them may be mapped, and are not copied.
        vertices = spanning.vectors if kind == ALL else spanning.vectors[members]
        points = spanning.vectors[rows]
        projection = hull.project(points, vertices, tol=tolerance, threads=threads, without=place, device=device)
        noise = spanning.noise[rows] + spanning.noise[members].max()
        columns = tables.hull_columns(projection, spanning.numbers[members], "feature", noise)
        del columns["space"]
        about = {"sample": spanning.numbers[rows], "label": spanning.labels[rows], "predicted": predicted[rows]}
        parts.append(pd.DataFrame({**about, "hull_of": kind, **columns}))
        done += len(rows)
        if progress is not None:
            progress(done, total)
    if not parts:
        return {name: [] for name in tables.no_rows("leave_one_out") if name not in ("view", "split")}
    rows = pd.concat(parts).sort_values(["hull_of", "sample"])
    return {name: rows[name].tolist() for name in rows}


def _jobs(
    spanning: Spanning, predicted: NDArray[np.int64], most: int, of_classes: bool, seed: int
) -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]]:
    """Kind of hull, rows that are left out one at a time, rows that span the hull, in order."""
    if len(predicted) > 1:
        yield ALL, drawn(predicted, most, seed), np.arange(len(predicted))
    asked = drawn(spanning.labels, most, seed) if of_classes else np.empty(0, np.int64)
    for label in np.unique(spanning.labels[asked]):
        members = np.flatnonzero(spanning.labels == label)
        if len(members) > 1:
            yield CLASS, asked[spanning.labels[asked] == label], members


def with_p_values(standing: pd.DataFrame, left_out: pd.DataFrame | None) -> pd.DataFrame:
    """`stats.hull_standing` with p_value and own_p_value: NaN where nothing was left out, or nothing projected.

    p_value: of the distance to the hull of all, among training samples of the same predicted class; own_p_value: of
    that to the hull of the predicted class, among training samples with that label. Distances of samples that touch a
    hull are 0 on both sides.
    """
    found, left_out = {}, None if left_out is None else stats.at_zero(left_out)
    for name, distance, kind, group in (
        ("p_value", "distance", ALL, "predicted"),
        ("own_p_value", "own_distance", CLASS, "label"),
    ):
        null = None if left_out is None else left_out[left_out["hull_of"] == kind]
        found[name] = (
            np.full(len(standing), np.nan)
            if null is None or null.empty
            else p_values(
                standing[distance], standing["predicted"], null["distance"].to_numpy(), null[group].to_numpy()
            )
        )
    return standing.assign(**found)
