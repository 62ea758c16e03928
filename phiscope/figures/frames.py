"""What figures ask of the frames they are given."""

from __future__ import annotations

import numpy as np
import pandas as pd

from phiscope.errors import DataError


def require(frame: pd.DataFrame, name: str, *columns: str) -> None:
    """Raise DataError where a column is missing or there is no row to draw."""
    missing = [column for column in columns if column not in frame]
    if missing:
        raise DataError(f"{name}: misses {missing}; expected a frame with the columns {list(columns)}")
    if frame.empty:
        raise DataError(f"{name}: holds no rows; expected at least one")


def per_view(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The rows of each view, `original` first, then in order of appearance; one unnamed view without the column."""
    if "view" not in frame:
        return {"": frame}
    names = sorted(frame["view"].unique(), key=lambda name: name != "original")
    return {name: frame[frame["view"] == name] for name in names}


def view_title(views: dict[str, pd.DataFrame], name: str) -> str:
    """The name of a view where there are several; nothing needs telling apart where there is one."""
    return f"view: {name}" if len(views) > 1 else ""


def finite(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The rows where all these columns hold a number."""
    return frame[np.isfinite(frame[list(columns)].to_numpy(float)).all(axis=1)]
