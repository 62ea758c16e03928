"""A second opinion: some solved problems of the tables solved once more by a solver that is not ours, side by side.

`proofs` judges our own solutions again, all of them; here others solve the same problems, some of them drawn by the
seed: every margin of some samples, and projections onto every hull. A row of the table `disagreements` is one problem:
both distances, and how far each may be from the truth by its certificate. Where they differ by more than both allow,
one certificate is false. Theirs is recomputed from what their solver gives (`phiscope.geometry.second_opinion`); where
that proves nothing they failed, which speaks for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.arrays import generator
from phiscope.experiments.geometry.stored import Stored
from phiscope.geometry.second_opinion import hulls as their_hulls
from phiscope.geometry.second_opinion import margins as their_margins
from phiscope.head import Head

MOST_OPERATIONS = 2e10  # of all margins: half a minute of one core
SOLVED = 1e-6  # of the scale: what their solution may be off by at the most, by its certificate, and count as one
OUTCOMES = ("agrees", "disagrees", "theirs_failed", "ours_failed")

_UNIT = 2.0**-53
_WHO = ["view", "split", "sample"]


Vectors = Callable[[pd.Series], NDArray]  # (k, d) of samples by their numbers


class Hull(NamedTuple):
    """Rows of a table of projections onto one hull, what they are projections of by view, and what spans it.

    vertices: read when they are needed; name: of the view under which training samples span the hull, None where they
    are as they are; label: the class whose training samples do, None where all do.
    """

    rows: pd.DataFrame
    points: Mapping[str, Vectors]
    vertices: Callable[[], Stored]
    name: str | None = None
    label: int | None = None


class Asking(NamedTuple):
    """solver: a back-end of qpsolvers; samples: whose margins it is asked for; projections: of each hull."""

    solver: str
    samples: int
    projections: int
    seed: int


def disagreements(
    margins: pd.DataFrame, located: Mapping[tuple[str, str], Vectors], head: Head, hulls: Iterable[Hull], asked: Asking
) -> pd.DataFrame:
    """The rows of the table; margins: the table of that name; located: features by view and split."""
    found = [_margins(margins, located, head, asked)]
    found += [_projections(hull, place, asked) for place, hull in enumerate(hulls)]
    rows = pd.concat([each for each in found if len(each)]) if any(map(len, found)) else found[0]
    rows = rows.assign(disagreeing=rows["outcome"] == "disagrees", keyed=rows["relative_difference"].fillna(-1.0))
    rows = rows.sort_values(["disagreeing", "keyed"], ascending=False, kind="stable")
    return rows.drop(columns=["disagreeing", "keyed"]).reset_index(drop=True)


def hulls_of_classes(
    rows: pd.DataFrame, points: Mapping[str, Vectors], training: Stored, labels: NDArray[np.int64], asked: Asking
) -> list[Hull]:
    """Those of the classes among as many projections as are asked for of one hull, drawn from all classes alike.

    rows: the table `class_hulls`; labels (n,): of the training samples.
    """
    chosen = drawn(rows, asked.projections, ["hull_class"], generator(asked.seed, 2))
    return [
        Hull(part, points, partial(training.only, labels == label), label=int(label))
        for label, part in chosen.groupby("hull_class")
    ]


def drawn(rows: pd.DataFrame, most: int, by: list[str], random: np.random.Generator) -> pd.DataFrame:
    """So many rows at random, as many of each group as of the others where it has them."""
    shuffled = rows.iloc[random.permutation(len(rows))]
    turn = shuffled.groupby(by).cumcount() if len(rows) else pd.Series(dtype=int)
    return shuffled.iloc[np.argsort(turn.to_numpy(), kind="stable")[:most]]


def _margins(
    table: pd.DataFrame, located: Mapping[tuple[str, str], Vectors], head: Head, asked: Asking
) -> pd.DataFrame:
    random = generator(asked.seed, 0)
    chosen = drawn(table[_WHO].drop_duplicates(), asked.samples, ["view", "split"], random)
    rows = table.merge(chosen, on=_WHO)
    rows = rows[rows["status"] != "degenerate_pair"]  # classes of one weight have no boundary
    most = max(1, int(MOST_OPERATIONS / their_margins.operations(*head.weight.shape)))
    rows = rows if len(rows) <= most else rows.iloc[np.sort(random.permutation(len(rows))[:most])]
    compared = []
    for (view, split), part in rows.groupby(["view", "split"]):
        points = located[view, split](part["sample"]).astype(np.float64)
        for x, row in zip(points, part.itertuples()):
            theirs = their_margins.margin(
                x, head.weight, head.bias, row.predicted, row.other_class, head.lower_bound, solver=asked.solver
            )
            compared.append(_who("margin", row, "feature", other_class=row.other_class) | _margin(row, theirs, len(x)))
    return pd.DataFrame(compared, columns=[*_NAMED, *_COMPARED])


def _margin(row: Any, theirs: their_margins.MarginBounds, features: int) -> dict[str, Any]:
    """The claim of a row of `margins`: half the squared margin is off by no more than its gap and its residuals."""
    ours, error = np.inf, 0.0
    if row.status == "failed":
        ours = np.nan
    elif row.status == "solved":
        ours, size = row.margin, theirs.size if np.isfinite(theirs.upper) else row.margin + theirs.size
        squared = (row.primal_residual + row.dual_residual + row.duality_gap) * size**2
        error = _off(ours, squared)
    upper, lower = (np.inf, np.inf) if theirs.nowhere and ours == np.inf else (theirs.upper, theirs.lower)
    steeper = theirs.size / min(theirs.size, max(theirs.lower, _UNIT * theirs.size)) if theirs.size > 0 else 1.0
    rounding = 4 * _rounding(features, theirs.size) * steeper  # of half squares of that size, as distances
    return compared(ours, error, lower, upper, theirs.size, rounding)


def _off(distance: float, squared: float) -> float:
    """By how much a distance may be off whose half square is off by so much."""
    return (
        float(distance - np.sqrt(max(distance**2 - 2 * squared, 0.0))) if distance > 0 else float(np.sqrt(2 * squared))
    )


def _projections(hull: Hull, place: int, asked: Asking) -> pd.DataFrame:
    random = generator(asked.seed, 1, place)
    rows = drawn(hull.rows, asked.projections, ["view"], random).sort_values(["view", "sample"])
    if not len(rows):
        return pd.DataFrame(columns=[*_NAMED, *_COMPARED])
    vertices = hull.vertices()
    points = np.concatenate([hull.points[view](part["sample"]) for view, part in rows.groupby("view")])
    points = points.astype(np.float64)
    supports = [vertices.places(support) for support in rows["support_index"]]
    nearest = [np.asarray(w) @ vertices.rows(support) for w, support in zip(rows["support_weight"], supports)]
    theirs = their_hulls.distances(points, vertices, supports, np.stack(nearest), random, solver=asked.solver)
    found = []
    for row, x, lower, upper, reach in zip(rows.itertuples(), points, *theirs):
        claimed = row.distance - row.distance_lower
        written = 2 * _UNIT * (np.linalg.norm(x) + row.distance)  # the nearest point, in numbers of its own size
        rounding = _rounding(len(x), row.distance + 4 * reach) + written
        named = _who("hull", row, row.space, hull_of=hull.name, hull_class=hull.label)
        found.append(named | compared(row.distance, claimed, lower, upper, reach, rounding))
    return pd.DataFrame(found, columns=[*_NAMED, *_COMPARED])


def compared(
    ours: float, ours_error: float, lower: float, upper: float, scale: float, rounding: float
) -> dict[str, Any]:
    """One problem: our distance, inf for none and NaN where we have no answer, and their bounds of it."""
    theirs, error = upper, 0.0 if upper == lower else max(upper - lower, 0.0)
    if not error <= SOLVED * scale:  # but a bound of theirs may contradict ours all the same
        beyond = [bound for bound, apart in ((upper, ours - upper), (lower, lower - ours)) if apart > ours_error]
        theirs, error = (beyond[0], 0.0) if beyond and np.isfinite([ours, beyond[0]]).all() else (np.nan, np.nan)
    difference = 0.0 if ours == theirs else ours - theirs
    tolerance = ours_error + error + rounding
    known = not np.isnan(difference)
    failed = "ours_failed" if np.isnan(ours) else "theirs_failed"
    return {
        "ours": ours,
        "theirs": theirs,
        "difference": difference,
        "ours_error": ours_error,
        "theirs_error": error,
        "tolerance": tolerance,
        "relative_difference": abs(difference) / scale if scale > 0 else abs(difference),
        "outcome": ("disagrees" if abs(difference) > tolerance else "agrees") if known else failed,
    }


_NAMED = ("problem", *_WHO, "space", "hull_of", "hull_class", "other_class")
_COMPARED = tuple(compared(1.0, 0.0, 1.0, 1.0, 1.0, 0.0))


def _who(problem: str, row: Any, space: str, **which: Any) -> dict[str, Any]:
    who = {"problem": problem, "view": row.view, "split": row.split, "sample": row.sample, "space": space} | which
    return {name: who.get(name) for name in _NAMED}


def _rounding(dimension: int, size: float) -> float:
    """Of a sum of so many products of vectors of this size, as in `HullProjection.distance_lower`."""
    return (dimension + 8) * _UNIT * size
