"""What the decomposition of latents is worth: means over trials and trainings, with intervals over test samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from phiscope.stats.intervals import Resampling, mean_of

Where = Mapping[str, str | int]

KEYS = ["measure", "encoding", "basis", "axes", "sign", "k"]


def keys_of(columns: Sequence[str]) -> pd.DataFrame:
    """The names of columns, `measure/encoding/basis/axes/sign/k`, taken apart: one row each."""
    parts = pd.DataFrame([column.split("/") for column in columns], columns=KEYS)
    return parts.assign(k=parts["k"].astype(int))


def latent_table(readings: dict[tuple[str, int], pd.DataFrame], options: Resampling) -> pd.DataFrame:
    """Columns of the table `latent`.

    readings: by setting and training seed, one row per test sample, the same samples in all; besides `sample` the
    columns are readings, each a mean over trials. A sample's values are averaged over trainings before samples are
    resampled, so that the interval is about other test samples for these trainings; `lowest` and `highest` say how
    trainings differ.
    """
    rows = []
    for setting in dict.fromkeys(setting for setting, _ in readings):
        frames = [frame.set_index("sample") for (name, _), frame in readings.items() if name == setting]
        of_each = np.array([frame.mean() for frame in frames])
        pooled = sum(frames) / len(frames)
        keys = keys_of(pooled.columns).to_dict("records")
        for place, (column, key) in enumerate(zip(pooled.columns, keys)):
            estimate = mean_of(pooled[column], options)
            spread = {"lowest": of_each[:, place].min(), "highest": of_each[:, place].max()}
            ends = {"value": estimate.value, "ci_low": estimate.low, "ci_high": estimate.high}
            about = {"interval": estimate.interval, "n": estimate.n, "trainings": len(frames)}
            rows.append({"setting": setting} | key | ends | about | spread)
    return pd.DataFrame(rows)


def one(latent: pd.DataFrame, setting: str, where: Where) -> pd.Series | None:
    """The row of the table `latent` of one setting that `where` describes; None if there is none."""
    rows = latent[latent["setting"] == setting]
    for key, value in where.items():
        rows = rows[rows[key] == value]
    return rows.iloc[0] if len(rows) else None


def view_effect(standing: pd.DataFrame, views: dict[str, str], attacks: Sequence[str]) -> pd.DataFrame:
    """What a view does to the place of samples, against the view it starts from: paired by sample.

    standing: as from `standing`; views: view -> the view it starts from; attacks: those that attack. One row per view:
    n, share predicted as labelled, before and after, of samples with a label, share that keeps the prediction, median
    changes of margin and of the distance to the hull, and whether it undoes an attack (`undoes`, of samples that the
    attack turned).
    """
    rows = []
    for view, parent in views.items():
        both = _paired(standing, view, parent)
        labelled = both[both["label"] >= 0]
        right = labelled["label"] == labelled["predicted"]
        undone = (
            right[labelled["label"] != labelled["predicted_before"]] if parent in attacks else pd.Series(dtype=bool)
        )
        rows.append(
            {
                "view": view,
                "of": parent,
                "n": len(both),
                "right_before": (labelled["label"] == labelled["predicted_before"]).mean(),
                "right_after": right.mean(),
                "same": (both["predicted"] == both["predicted_before"]).mean(),
                "margin_change": (both["margin"] - both["margin_before"]).median(),
                "distance_change": (both["distance"] - both["distance_before"]).median(),
                "undoes": undone.mean() if len(undone) else np.nan,
                "turned": len(undone),
            }
        )
    return pd.DataFrame(rows)


def _paired(standing: pd.DataFrame, view: str, parent: str) -> pd.DataFrame:
    columns = ["sample", "predicted", "margin", "distance"]
    before = standing.loc[standing["view"] == parent, columns]
    return standing[standing["view"] == view].merge(before, on="sample", suffixes=("", "_before"))


def path_summary(rotation: pd.DataFrame) -> pd.DataFrame:
    """Per way: share that has the label where a stage ends, and diversity at the end of the way over the start.

    rotation: path, step, target, label, share, diversity; the last step of a stage is where its target is reached.
    """
    rows = []
    for name, path in rotation.groupby("path", sort=False):
        ends = path[path["step"] > 0].groupby("target")["step"].transform("max")
        at = path.loc[ends.index][path.loc[ends.index, "step"] == ends]
        reached = at.loc[at["label"] == at["target"], "share"]
        spread = path.drop_duplicates("step").sort_values("step")["diversity"]
        rows.append({"path": name, "reached": reached.mean(), "diversity": spread.iloc[-1] / spread.iloc[0]})
    return pd.DataFrame(rows)


def axis_counts(axes: pd.DataFrame) -> dict[str, int]:
    """How many averages and axes of set 1 decode to their label; axes: rows of the statistic in one basis."""
    first = axes[axes["set"] == 1]
    keep = first["label"] == first["decoded"]
    return {
        "averages": int((first["kind"] == "average").sum()),
        "averages_keep": int(keep[first["kind"] == "average"].sum()),
        "axes": int((first["kind"] == "axis").sum()),
        "axes_keep": int(keep[first["kind"] == "axis"].sum()),
    }


def order_spread(numbers: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Basis -> lowest and highest accuracy over random orders of the labels."""
    order = numbers[numbers["quantity"] == "order"].groupby("kind")["value"]
    return {name: (values.min(), values.max()) for name, values in order}
