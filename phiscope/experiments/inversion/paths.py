"""How far from straight the straight paths of pixels are in feature space, and where morphs end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.experiments.inversion.segment import ends_of
from phiscope.geometry.paths import length_over_chord

SEGMENT = ["segment_from_neighbour", "segment_from_sample", "segment_unlike"]
COLUMNS = ["sample", "kind", "length_over_chord", "morph_end", *SEGMENT]


def path_rows(shown: Iterable[tuple[int, str, Mapping[str, NDArray]]]) -> pd.DataFrame:
    """One row per path; shown: sample, kind (`ball` or `edit`) and the arrays that were kept of it."""
    return pd.DataFrame([{"sample": n, "kind": kind} | path_of(arrays) for n, kind, arrays in shown], columns=COLUMNS)


def path_of(shown: Mapping[str, NDArray]) -> dict[str, float]:
    """Length over chord; of a morph, how far in pixels its end is from the sample, as a share of where it began; of a
    segment what `ends_of` says."""
    row = {"length_over_chord": length_over_chord(shown["path_features"])}
    if "morph_images" in shown:
        left = np.linalg.norm(shown["morph_images"][-1] - shown["image"])
        row["morph_end"] = float(left / np.linalg.norm(shown["neighbour"] - shown["image"]))
    if "segment_images" in shown:
        arrays = (shown[name] for name in ("segment_images", "segment_shares", "neighbour", "image"))
        row |= ends_of(*arrays)
    return row
