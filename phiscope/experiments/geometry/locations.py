"""Where samples stand among the boundaries of the linear head: sections 2 and 3 of Yousefzadeh 2022."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks
from phiscope.geometry import margin
from phiscope.geometry.margin.closest import NUMBERS
from phiscope.geometry.margin.ranked import ranked
from phiscope.head import Head

CERTIFICATE = ("other_class", "rank", "status", "primal_residual", "dual_residual", "duality_gap")
_ROWS = 2**17  # of the table of margins that are made at a time


class Location(NamedTuple):
    """Columns of two tables, without view and split. features: a row per sample; margins: pieces of the other table,
    made when they are asked for, a row per sample and class, with certificate."""

    features: dict[str, Any]
    margins: Iterator[dict[str, Any]]


def locate(
    features: NDArray, head: Head, samples: Mapping[str, NDArray], *, solver: str, classes: int | None = None
) -> Location:
    """Classes, closest boundaries and flip points of features (m, f), each distance with its certificate.

    Both tables say how far rounding may move the distances. samples: (m,) columns that both take over, such as sample
    and label; solver, classes: as in `margin.closest_classes`. The points themselves are in no table, and in memory for
    a part of the samples at a time.
    """
    logits = head.logits(features)
    about = {**samples, "predicted": logits.argmax(1)}
    noise = head.noise.of_margins(features)
    distance, other = _closest(features, head)
    nearest = {"margin": distance, "closest_class": other, "margin_noise": noise}
    nearest |= {"noise": head.noise.of_features(features)}
    table = {**about, **nearest, "features": features, "logits": logits}
    return Location(table, _margins(features, head, about | {"noise": noise}, solver, classes))


def _closest(features: NDArray, head: Head) -> tuple[NDArray, NDArray]:
    distance, other = np.empty(len(features)), np.empty(len(features), np.int64)
    for block in blocks(len(features), max(1, NUMBERS // max(head.weight.shape))):
        flips = margin.closest_flip(features[block].astype("float64"), head, lower_bound=head.lower_bound)
        distance[block], other[block] = flips.distance, flips.other_class
    return distance, other


def _margins(
    features: NDArray, head: Head, about: Mapping[str, NDArray], solver: str, classes: int | None
) -> Iterator[dict[str, Any]]:
    """Pieces of the table, of samples of the same classes where there are several: pairs of classes are set up once."""
    own, others = about["predicted"], head.weight.shape[1] - 1
    size = max(1, _ROWS // min(others, classes or others))
    order = np.arange(len(own)) if len(own) <= size else np.argsort(own, kind="stable")
    for block in list(blocks(len(own), size)) or [slice(0, 0)]:
        rows = np.sort(order[block])
        x = features[rows].astype("float64")
        flips = ranked(x, head.weight, head.bias, own[rows], head.lower_bound, solver, classes)
        of = rows[flips.sample]
        yield (
            {key: column[of] for key, column in about.items()}
            | {"margin": flips.distance, **{key: getattr(flips, key) for key in CERTIFICATE}}
            | {"classes_solved": flips.solved[flips.sample], "others_at_least": flips.others_at_least[flips.sample]}
        )
