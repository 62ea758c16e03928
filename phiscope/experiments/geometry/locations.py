"""Where samples stand among the boundaries of the linear head: sections 2 and 3 of Yousefzadeh 2022."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from numpy.typing import NDArray

from phiscope.geometry import margin
from phiscope.head import Head

CERTIFICATE = ("other_class", "status", "primal_residual", "dual_residual", "duality_gap")


class Location(NamedTuple):
    """Columns of two tables. features: a row per sample; margins: a row per sample and other class, with certificate.

    Both lack the columns view and split.
    """

    features: dict[str, Any]
    margins: dict[str, Any]


def locate(features: NDArray, head: Head, samples: Mapping[str, NDArray], *, solver: str) -> Location:
    """Classes, closest boundaries and flip points of features (m, f), each distance with its certificate.

    Both tables say how far rounding may move the distances. samples: (m,) columns that both take over, such as sample
    and label; solver: as in `margin.flip_points`.
    """
    logits = head.logits(features)
    about = {**samples, "predicted": logits.argmax(1)}
    vectors = features.astype("float64")
    closest = margin.closest_flip(vectors, head, lower_bound=head.lower_bound)
    noise = head.noise.of_margins(features)
    nearest = {"margin": closest.distance, "closest_class": closest.other_class, "margin_noise": noise}
    nearest |= {"noise": head.noise.of_features(features)}
    flips = margin.flip_points(vectors, head, lower_bound=head.lower_bound, solver=solver)
    repeated = {key: column[flips.sample] for key, column in about.items()}
    return Location(
        features={**about, **nearest, "features": features, "logits": logits},
        margins=repeated
        | {"margin": flips.distance, "noise": noise[flips.sample]}
        | {key: getattr(flips, key) for key in CERTIFICATE},
    )
