"""What `inversions.budget` left out, in one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from phiscope.words.numbers import significant


def left_out(rows: Sequence[Mapping[str, Any]]) -> str:
    """What was not made, why, and how to get it; empty where nothing was left out.

    rows: of the statistic `inversion_budget`, one of all samples and one of each ball.
    """
    samples, balls = rows[0], [row for row in rows[1:] if row["left_out"]]
    if not samples["left_out"] and not balls:
        return ""
    if math.isfinite(samples["needed_bytes"]):
        needed, free = (significant(samples[name] / 1e9, 2) for name in ("needed_bytes", "free_bytes"))
        return (
            f"No sample is inverted: the search for one image needs {needed} GB of memory and {free} GB were free; "
            "run fewer jobs at a time, or on a machine with more memory."
        )
    parts = []
    if samples["left_out"]:
        asked = samples["made"] + samples["left_out"]
        parts.append(f"{samples['left_out']:,} of {asked:,} samples (about {_time(samples['seconds_each'])} each)")
    if balls:
        numbers = ", ".join(str(row["sample"]) for row in balls)
        parts.append(
            f"the ball{'s' if len(balls) > 1 else ''} of test sample{'s' if len(balls) > 1 else ''} {numbers} "
            f"(about {_time(balls[0]['seconds_each'])} each)"
        )
    allowed = _time(samples["budget_seconds"])
    return (
        f"Not inverted or explored, since inversions.budget allows {allowed} of processor time: {' and '.join(parts)}. "
        "A larger inversions.budget includes them."
    )


def _time(seconds: float) -> str:
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{significant(seconds / size, 2)} {unit}"
    return f"{significant(seconds, 2)} s"
