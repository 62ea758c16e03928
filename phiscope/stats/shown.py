"""How many axes of a basis show an image of a class, beside random orthonormal frames: counts with a null."""

from __future__ import annotations

import numpy as np
import pandas as pd

JUDGES = ("sure", "dense", "near", "shown")  # columns of the statistic latent_shown; the last: all of them
FIRST, REST, ALL = "set 1", "the others", "all"


def shown_counts(shown: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """basis, axes (`all`, `set 1`, `the others`), judge, count, of, null, null_low, null_high, p_more, p_fewer.

    shown: the statistic latent_shown. null: mean over the random frames of how many of as many directions pass, with
    the range that holds `confidence` of the frames; p_more and p_fewer: (1 + frames with at least, at most, as many) /
    (1 + frames), so that a small one means a basis that shows more, or fewer, images than directions that know no
    label. Of a frame, as many directions are taken as the axes are, the first, since all are drawn alike. Where a basis
    has no such axes, there is no row.
    """
    frames = shown[shown["kind"] == "frame"]
    tail = 50 * (1 - confidence)
    rows = []
    for basis, own in shown[shown["kind"] == "axis"].groupby("basis", sort=False):
        parts = {ALL: own, FIRST: own[own["set"] == 1], REST: own[own["set"] != 1]}
        for axes, part in ((name, part) for name, part in parts.items() if len(part)):
            null = frames.groupby("frame").head(len(part))
            for judge in JUDGES:
                count, counts = int(part[judge].sum()), null.groupby("frame")[judge].sum().to_numpy()
                low, high = np.percentile(counts, [tail, 100 - tail])
                rows.append(
                    {
                        "basis": basis,
                        "axes": axes,
                        "judge": judge,
                        "count": count,
                        "of": len(part),
                        "null": counts.mean(),
                        "null_low": low,
                        "null_high": high,
                        "p_more": (1 + (counts >= count).sum()) / (1 + len(counts)),
                        "p_fewer": (1 + (counts <= count).sum()) / (1 + len(counts)),
                    }
                )
    return pd.DataFrame(rows)


def passing(shown: pd.DataFrame) -> pd.DataFrame:
    """kind, n, and the share that each judge lets pass: of averages, random directions, real images and blends."""
    kinds = shown[shown["kind"] != "axis"].groupby("kind", sort=False)[list(JUDGES)]
    return kinds.mean().assign(n=kinds.size()).reset_index()
