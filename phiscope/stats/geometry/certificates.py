"""How sure the computations are: every kind of solved problem with its worst certificate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

_ROUNDED = 1e-12  # relative: margins that are equal but for rounding
_RESIDUALS = ["primal_residual", "dual_residual", "duality_gap"]


def certificates(margins: pd.DataFrame, hulls: pd.DataFrame, verification: pd.DataFrame) -> pd.DataFrame:
    """problem, problems (how many), how they ended, certificate (which), worst; from the tables of these names.

    Gaps of hull projections are relative to distance times radius of the hull, of points that are not within tolerance.
    verification: view, space, n, relative_gap of the projections that other code looked at again.
    """
    rows = []
    for (view, split), part in margins.groupby(["view", "split"]):
        worst = part[_RESIDUALS].abs().max().max()
        rows.append(_row(f"flip points, {view}, {split}", part["status"], "residual or gap", worst))
    for (view, space), part in hulls.groupby(["view", "space"]):
        away = part[part["position"] != "within_tolerance"]
        worst = (away["duality_gap"] / (away["distance"] * away["hull_radius"])).max()
        rows.append(_row(f"hull projections, {view}, {space} space", part["status"], "relative gap", worst))
    for again in verification.itertuples():
        problem = f"hull projections, {again.view}, {again.space} space, looked at again by other code"
        rows.append(_record(problem, again.n, "–", "relative gap", again.relative_gap))
    return pd.DataFrame(rows)


class LeftOut(NamedTuple):
    """Of runs with margins to the k closest classes alone: samples; how many classes a sample has margins to, and of
    how many the problem was solved, on average; unproven: samples with a margin above what the others are proven to
    be no closer than."""

    samples: int
    kept: float
    solved: float
    unproven: int


def left_out(margins: pd.DataFrame) -> LeftOut | None:
    """What proves that no other class is closer; margins: the table. None where every class has a row."""
    if not np.isfinite(margins["others_at_least"]).any():
        return None
    one = margins.groupby(["view", "split", "sample"], sort=False).agg(
        kept=("rank", "size"), largest=("margin", "max"), solved=("classes_solved", "first"),
        least=("others_at_least", "first"),
    )  # fmt: skip
    unproven = one["largest"] > one["least"] * (1 + _ROUNDED)
    return LeftOut(len(one), one["kept"].mean(), one["solved"].mean(), int(unproven.sum()))


def named_after_hull(processed_hulls: pd.DataFrame) -> pd.DataFrame:
    """Rows of `processed_hulls` as of views of their own, so that they can stand beside rows of `hulls`."""
    return processed_hulls.assign(view=processed_hulls["view"] + ", hull of " + processed_hulls["hull_of"])


def named_after_classes(class_hulls: pd.DataFrame) -> pd.DataFrame:
    """The same of rows of `class_hulls`."""
    return class_hulls.assign(view=class_hulls["view"] + ", hulls of classes")


def named_after_what_is_left_out(left_out: pd.DataFrame) -> pd.DataFrame:
    """The same of rows of `leave_one_out`."""
    return left_out.assign(view="training samples left out, hull of " + left_out["hull_of"], space="feature")


def _row(problem: str, status: pd.Series, measure: str, worst: float) -> dict:
    ends = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in status.value_counts().items())
    return _record(problem, len(status), ends, measure, worst)


def _record(problem: str, count: int, ends: str, measure: str, worst: float) -> dict:
    return {"problem": problem, "problems": count, "how they ended": ends, "certificate": measure, "worst": worst}
