"""Whether another solver, asked for some of a run's problems once more, agrees: from the table `disagreements`."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from phiscope.words.numbers import significant

SPACES = {"feature": "feature space", "pixel": "pixel space"}


class SecondOpinion(NamedTuple):
    """compared, contradicted: how many problems; rows: one for each kind of these; sentence: all in one."""

    compared: int
    contradicted: int
    rows: pd.DataFrame
    sentence: str


def second_opinion(disagreements: pd.DataFrame) -> SecondOpinion:
    """rows: problem (kind, space, and whether hulls are of classes), solved (by both), no_answer (of the other solver,
    or of ours), largest (difference, relative), where (which problem that is), allowed (its tolerance, relative alike),
    contradicted.
    """
    of_class = disagreements["hull_class"].notna().rename("of_class")
    kinds = disagreements.groupby(["problem", "space", of_class], sort=False)
    each = [_row(problem, space, bool(classes), part) for (problem, space, classes), part in kinds]
    rows = pd.DataFrame(each, columns=list(_COLUMNS))
    both = disagreements["outcome"].isin(["agrees", "disagrees"])
    against = disagreements[disagreements["outcome"] == "disagrees"]
    return SecondOpinion(int(both.sum()), len(against), rows, _sentence(disagreements[both], against))


_COLUMNS = ("problem", "solved", "no_answer", "largest", "where", "allowed", "contradicted")


def _row(problem: str, space: str, of_class: bool, part: pd.DataFrame) -> dict[str, Any]:
    both = part[part["outcome"].isin(["agrees", "disagrees"])]
    hulls = "hulls of classes" if of_class else "hulls"
    kind = {"margin": "margins", "hull": f"projections onto {hulls} in {SPACES[space]}"}[problem]
    largest, where, allowed = (float("nan"), "", float("nan"))
    if len(both):
        worst = both.iloc[0]  # the table begins with it
        largest, where = worst["relative_difference"], named(worst)
        scale = abs(worst["difference"]) / largest if largest > 0 else float("nan")
        allowed = worst["tolerance"] / scale
    against = int((part["outcome"] == "disagrees").sum())
    values = (kind, len(both), len(part) - len(both), largest, where, allowed, against)
    return dict(zip(_COLUMNS, values, strict=True))


def named(row: pd.Series) -> str:
    """Which problem a row is about."""
    sample = f"{row['split']} sample {row['sample']} of {row['view']}"
    if row["problem"] == "margin":
        return f"margin of {sample} to class {int(row['other_class'])}"
    hull = f", hull of {row['hull_of']}" if isinstance(row["hull_of"], str) else ""
    hull = f", hull of class {int(row['hull_class'])}" if pd.notna(row["hull_class"]) else hull
    return f"distance of {sample} from the hull in {SPACES[row['space']]}{hull}"


def _sentence(both: pd.DataFrame, against: pd.DataFrame) -> str:
    if both.empty:
        return "no problem was solved once more by another solver"
    solver = both["solver"].iloc[0]
    kinds = both["problem"].value_counts()
    names = {"margin": ("margin", "margins"), "hull": ("projection onto a hull", "projections onto hulls")}
    asked = " and ".join(f"{kinds[k]:,} {names[k][int(kinds[k] > 1)]}" for k in names if k in kinds)
    if against.empty:
        return f"{asked}, solved once more by {solver}: none contradicts its certificate"
    worst = against.iloc[0]
    values = f"{_digits(worst['ours'])} by ours and {_digits(worst['theirs'])} by {solver}"
    return (
        f"of {asked}, solved once more by {solver}, {len(against):,} "
        f"{'contradicts its certificate' if len(against) == 1 else 'contradict their certificates'}; the largest: "
        f"{named(worst)}, {values}, {significant(abs(worst['difference']))} apart where their certificates allow "
        f"{significant(worst['tolerance'])}; one of the solvers is wrong, and distances of this kind are not to be "
        "trusted before that is explained"
    )


def _digits(value: float) -> str:
    return f"{value:.10g}"
