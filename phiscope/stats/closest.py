"""How far the closest image on the decision boundary is: a flip point in pixel space, beside attacks and margins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from phiscope.stats.detection.human import Ranks, spearman
from phiscope.stats.intervals import Estimate, Resampling, median_of, share_of

NOT_FOUND = "not_found"

QUESTIONS: dict[str, tuple[str, str]] = {
    "closest_found": ("closest image on the boundary: share found, two logits equal and largest", "share"),
    "closest_stationary": (
        "closest image on the boundary: share with a KKT residual up to 0.01",
        "share",
    ),
    "closest_distance": ("closest image on the boundary: median pixel distance to the sample", "distance"),
    "closest_levels": ("closest image on the boundary: median change of a pixel (RMS), of 255 levels", "distance"),
    "closest_over_deepfool": ("its pixel distance over that of DeepFool’s image, median", "ratio"),
    "closest_within_attacks": ("share whose closest image is no farther than every attack’s", "share"),
    "closest_same_class": ("share whose closest image has the class of the closest boundary in feature space", "share"),
    "closest_margin_correlation": ("rank correlation of its pixel distance with the margin", "correlation"),
}
_FEW = 3  # samples, of which resamples leave nothing to rank
_SLACK = 1e-4  # relative: an attack's image in float32 may end that little before the boundary


def closest_distances(
    closest: pd.DataFrame, standing: pd.DataFrame, attacks: pd.DataFrame | None, deepfool: str | None
) -> pd.DataFrame:
    """sample, label, predicted, other_class, status, pixel_distance, kkt_residual, image, correct; margin and
    closest_class, in feature space; deepfool, attack: pixel distances of DeepFool's image and of the nearest of all
    attacks' images, NaN where none succeeded.

    closest: the table `closest_images`; standing: as from `standing`; attacks: the table, None for none.
    """
    kept = ["sample", "label", "predicted", "other_class", "status", "pixel_distance", "kkt_residual", "start", "image"]
    own = standing.loc[standing["view"] == "original", ["sample", "margin", "closest_class", "correct"]]
    rows = closest[kept].merge(own, on="sample", how="left", validate="one_to_one")
    rows = rows.sort_values("sample", ignore_index=True)
    none = pd.Series(dtype=float)
    won = None if attacks is None else attacks[attacks["success"]]
    first = none if won is None else won[won["view"] == deepfool].set_index("sample")["l2"]
    nearest = none if won is None else won.groupby("sample")["l2"].min()
    return rows.assign(deepfool=rows["sample"].map(first), attack=rows["sample"].map(nearest)).astype(
        {"deepfool": float, "attack": float}
    )


def closest_summary(distances: pd.DataFrame, pixels: int, options: Resampling) -> Iterator[tuple[str, Estimate]]:
    """Estimates by key of QUESTIONS; distances: as from `closest_distances`; pixels: numbers in an image."""
    if distances.empty:
        return
    is_found = distances["status"] != NOT_FOUND
    yield "closest_found", share_of(is_found, options)
    found = distances[is_found]
    if found.empty:
        return
    yield "closest_stationary", share_of(found["status"] == "stationary", options)
    yield "closest_distance", median_of(found["pixel_distance"], options)
    yield "closest_levels", median_of(255 * found["pixel_distance"] / np.sqrt(pixels), options)
    beside = found[found["deepfool"] > 0]
    if len(beside):
        yield "closest_over_deepfool", median_of(beside["pixel_distance"] / beside["deepfool"], options)
    attacked = found[found["attack"].notna()]
    if len(attacked):
        within = attacked["pixel_distance"] <= (1 + _SLACK) * attacked["attack"]
        yield "closest_within_attacks", share_of(within, options)
    known = found[found["closest_class"] >= 0]
    if len(known):
        yield "closest_same_class", share_of(known["other_class"] == known["closest_class"], options)
    both = found[np.isfinite(found["margin"])]
    if len(both) > _FEW:
        yield "closest_margin_correlation", _rank_correlation(both["pixel_distance"], both["margin"], options)


def _rank_correlation(first: pd.Series, second: pd.Series, options: Resampling) -> Estimate:
    """Spearman's, with a percentile bootstrap over samples."""
    rank, other = Ranks(first.to_numpy(float)), Ranks(second.to_numpy(float))

    def correlation(counts: np.ndarray) -> np.ndarray:
        return spearman(counts, rank(counts), other(counts))

    value, draws = float(correlation(np.ones((1, len(first))))[0]), options.draws(correlation, len(first))
    low, high = options.ends(draws[np.isfinite(draws)]) if np.isfinite(value) else (np.nan, np.nan)
    return Estimate(value, float(low), float(high), options.bootstrap, len(first))
