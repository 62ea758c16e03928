"""What figures ask of the frames they are given."""

from __future__ import annotations

import pandas as pd

from phiscope.errors import DataError


def require(frame: pd.DataFrame, name: str, *columns: str) -> None:
    """Raise DataError where a column is missing or there is no row to draw."""
    missing = [column for column in columns if column not in frame]
    if missing:
        raise DataError(f"{name}: misses {missing}; expected a frame with the columns {list(columns)}")
    if frame.empty:
        raise DataError(f"{name}: holds no rows; expected at least one")
