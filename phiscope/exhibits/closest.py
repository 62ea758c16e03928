"""What the figure of closest images on the boundary shows: samples from near to far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors import safe_open

from phiscope.datasets import ImagesBySample
from phiscope.stats.closest import NOT_FOUND

_SHARES = (0.02, 0.2, 0.4, 0.6, 0.8, 0.98)  # of the samples that are nearer


def gallery(
    distances: pd.DataFrame, files: Mapping[str, Path], test: ImagesBySample, classes: Sequence[str]
) -> list[dict[str, Any]]:
    """Samples at fixed shares of the order by distance: see `figures.inversion.closest`.

    distances: the statistic `closest_distances`; files: chunk -> file of its images.
    """
    found = distances[distances["status"] != NOT_FOUND].sort_values(["pixel_distance", "sample"])
    places = dict.fromkeys(round(share * (len(found) - 1)) for share in _SHARES) if len(found) else {}
    return [_shown(row, files, test, classes) for row in found.iloc[list(places)].to_dict("records")]


def _shown(
    row: Mapping[str, Any], files: Mapping[str, Path], test: ImagesBySample, classes: Sequence[str]
) -> dict[str, Any]:
    name, place = row["image"].rsplit(":", 1)
    with safe_open(files[Path(name).stem], framework="numpy") as arrays:
        closest = arrays.get_slice("images")[int(place)]
    return {
        "sample": int(row["sample"]),
        "image": test[int(row["sample"])].astype(np.float64),
        "closest": closest,
        "own": classes[int(row["predicted"])],
        "other": classes[int(row["other_class"])],
        "pixel_distance": row["pixel_distance"],
    }
