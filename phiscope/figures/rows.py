"""Which rows of a frame a figure draws, and of which view."""

from __future__ import annotations

import numpy as np
import pandas as pd


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
