"""What figures about attacked samples show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from phiscope.datasets import ImagesBySample


def attacked_standing(standing: pd.DataFrame, attacks: pd.DataFrame) -> pd.DataFrame:
    """The genuine samples and those that were attacked, with what came of it: see `figures.attacks.plane`."""
    outcomes = attacks[["view", "sample", "success"]]
    rows = standing.merge(outcomes, on=["view", "sample"], how="left")
    return rows[rows["success"].notna() | (rows["view"] == "original")]


def attacked_page(
    number: int,
    attacked: Mapping[str, Mapping[str, NDArray]],
    standing: pd.DataFrame,
    attacks: pd.DataFrame,
    test: ImagesBySample,
    classes: Sequence[str],
) -> list[dict[str, Any]]:
    """One sample, with an entry per attack that was made of it: see `figures.attacks.adversarial`.

    attacked: by view, `samples` and their `images`; standing: as from `stats.standing`; attacks: the table.
    """
    by_number = {view: dict(zip(kept["samples"].tolist(), kept["images"])) for view, kept in attacked.items()}
    standing = standing[standing["sample"] == number].set_index("view")
    outcomes = attacks[attacks["sample"] == number].set_index("view")
    held = [view for view, images in by_number.items() if number in images and view in standing.index]
    return [
        {
            "view": view,
            "image": test[number],
            "attacked": by_number[view][number],
            "before": _position(standing.loc["original"], classes),
            "after": _position(standing.loc[view], classes),
        }
        | outcomes.loc[view, ["success", "success_8bit", "l2", "linf"]].to_dict()
        for view in held
    ]


def _position(row: pd.Series, classes: Sequence[str]) -> dict[str, Any]:
    return {"predicted": classes[int(row["predicted"])], "margin": row["margin"], "distance": row["distance"]}
