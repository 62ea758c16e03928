"""The frames that the explorer's columns are taken from: every sample under every view, with what tables say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.explorer.columns import Frames
from phiscope.stats import at_zero
from phiscope.tables import LocatedSamples
from phiscope.tables.schemas import SAMPLE_COLUMNS, SCHEMAS

_KEY = ["view", "sample"]
_LOCATED = (*SAMPLE_COLUMNS, "margin", "closest_class", "margin_noise")


_ORIGIN = " origin"  # of a row, while it looks for its source: no column of a table is called so


def frames_of(run: Run) -> Frames:
    """Everything that becomes columns. context: `origins`, view -> `original` or the data set that it begins with."""
    split = "train" if run.single_split == "train" else "test"
    rows = pd.concat([_located(run["located"][view]) for view in run["located"]], ignore_index=True)
    listed = run["samples"]
    rows, own = _with_source(rows, listed[listed["split"] == split], run.context["origins"])
    return Frames(rows, _others(run, split), _scores(run["scores"], split), own)


def _located(table: LocatedSamples) -> pd.DataFrame:
    """Rows of one view by number, with the confidence of the answer."""
    return table.judged(*_LOCATED).sort_values("sample", ignore_index=True)


def _with_source(
    rows: pd.DataFrame, listed: pd.DataFrame, origins: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Rows with `file`, and the columns of the user's data set beside them, None where it has none."""
    further = [name for name in listed.columns if name not in SCHEMAS["samples"].names]
    renamed = {name: f"data_{name}" for name in further}
    known = listed[["sample", "file", *further]].rename(columns=renamed)
    known[_ORIGIN] = listed["dataset"].fillna("original")
    asked = rows.assign(**{_ORIGIN: rows["view"].map(dict(origins))})
    joined = asked.merge(known, on=[_ORIGIN, "sample"], how="left", validate="many_to_one")
    own = joined[list(renamed.values())].set_axis(further, axis=1) if further else None
    return joined[[*rows.columns, "file"]], own


def _others(run: Run, split: str) -> dict[str, pd.DataFrame]:
    """Frames with one row per view and sample, by name; of tables with several, one for each space."""
    hulls, support = at_zero(run["hulls"]), run["support"]
    frames = {f"hulls:{space}": hulls[hulls["space"] == space] for space in ("feature", "pixel")}
    if support is not None:
        frames |= {f"support:{space}": support[support["space"] == space] for space in ("feature", "pixel")}
    balls = run["balls"]
    frames["balls"] = balls[balls["split"] == split]
    for name in ("attacks", "hull_standing", "closest_images"):
        if run[name] is not None:
            frames[name] = run[name]
    if run["processed_hulls"] is not None:
        frames["processed_hulls"] = at_zero(run["processed_hulls"])
    for name in ("duplicates", "entropy"):  # of the samples as they are
        if run[name] is not None:
            frames[name] = run[name].assign(view="original")
    return frames


def _scores(scores: pd.DataFrame | None, split: str) -> dict[str, pd.DataFrame]:
    if scores is None:
        return {}
    own = scores[scores["split"] == split]
    return {str(detector): rows for detector, rows in own.groupby("detector", sort=False)}


def places_of(rows: pd.DataFrame, table: pd.DataFrame) -> np.ndarray:
    """For each row of a table with view and sample, its place among the rows of the page; -1 where it has none."""
    index = pd.MultiIndex.from_frame(rows[_KEY])
    return index.get_indexer(pd.MultiIndex.from_frame(table[_KEY]))


def of_split(table: pd.DataFrame, split: str) -> pd.DataFrame:
    return table[table["split"] == split]


def spectra_of(spectra: pd.DataFrame | None, setting: str | None) -> pd.DataFrame | None:
    """The mean encodings of the main setting in its first basis: amplitudes along every axis, a row per sample."""
    if spectra is None or setting is None:
        return None
    own = spectra[(spectra["setting"] == setting) & (spectra["trial"] == -1)]
    return own[own["basis"] == own["basis"].iloc[0]] if len(own) else None


def words_of(values: Iterable[Any]) -> tuple[list[str], np.ndarray]:
    """The different texts, and the place of each value among them."""
    places: dict[str, int] = {}
    codes = [places.setdefault(str(value), len(places)) for value in values]
    return list(places), np.array(codes, np.uint8)
