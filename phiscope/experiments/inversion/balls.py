"""What lies in the ball around one sample: images on its perimeter, a morph into it, the straight path of pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.experiments.inversion import targets
from phiscope.experiments.inversion.segment import segment
from phiscope.geometry.inversion import Inversion, invert
from phiscope.models.feature_map import FeatureMap

PATH_POINTS = 101
# Radii of Figure 8, as shares of the ball's.
MORPH = np.array([2.54, 2.50, 2.40, 2.25, 2.20, 2.10, 2.00, 1.80, 1.50, 1.00, 0.50, 0.0]) / 2.546


@dataclass(frozen=True)
class Ball:
    """The ball in which the network's answer is certain: centre (f,), a sample's features, and radius, its margin.

    image: the sample's (channels, h, w); neighbour: the image that the morph starts from.
    """

    centre: NDArray[np.float64]
    radius: float
    image: NDArray[np.float64]
    neighbour: NDArray[np.float64]


@dataclass(frozen=True)
class Explored:
    """rows: of the table `inversions`, without what all share of their sample; shown: arrays that figures show.

    The rows stand in the order of the images `perimeter_images`, then `morph_images`, then `segment_images`: `places`
    names each row's.
    """

    rows: pd.DataFrame
    shown: dict[str, NDArray]

    @property
    def places(self) -> list[str]:
        """`<name of the array>:<row in it>` of the image of each row."""
        names = self.rows["target"].replace({"ball": "morph"})
        return [f"{name}_images:{k}" for name, k in zip(names, names.groupby(names).cumcount())]


def explore(
    feature_map: FeatureMap,
    ball: Ball,
    references: Mapping[str, NDArray[np.float64]],
    neighbour_name: str,
    options: Mapping[str, Any],
    segment_points: int = 0,
) -> Explored:
    """Figures 7, 8 and 9 of one sample: perimeter, morph, path and, of at least two points, the segment.

    references: images by name from which the perimeter is sought, and the points of the segment; options: of
    `geometry.inversion.invert`.
    """
    names, images = list(references), np.stack(list(references.values()))
    rim = invert(
        feature_map, ball.centre[None].repeat(len(names), 0), images, radius=ball.radius, where="perimeter", **options
    )
    steps, radii = morph(feature_map, ball, options)
    path, path_classes = targets.straight_path(feature_map, ball.neighbour, ball.image, PATH_POINTS)
    shown = {
        "image": ball.image,
        "neighbour": ball.neighbour,
        "centre": ball.centre,
        "perimeter_references": images,
        "perimeter_images": rim.image,
        "perimeter_features": targets.features(feature_map.double(), rim.image).numpy(),
        "morph_images": steps.image,
        "morph_radii": radii,
        "morph_residuals": steps.residual,
        "morph_features": targets.features(feature_map.double(), steps.image).numpy(),
        "path_features": path,
        "path_classes": path_classes,
    }
    parts: list[dict[str, Any]] = [
        {"target": "perimeter", "reference": names, "radius": np.full(len(names), ball.radius)}
        | targets.columns(rim, images, feature_map),
        {"target": "ball", "reference": neighbour_name, "radius": radii}
        | targets.columns(steps, ball.neighbour[None].repeat(len(radii), 0), feature_map),
    ]
    frames = [pd.DataFrame(part) for part in parts]
    if segment_points > 1:
        ends = {neighbour_name: ball.neighbour, "itself": ball.image}
        rows, arrays = segment(feature_map, ends, references, segment_points, options)
        frames, shown = [*frames, rows], shown | arrays
    return Explored(pd.concat(frames, ignore_index=True), shown)


def morph(feature_map: FeatureMap, ball: Ball, options: Mapping[str, Any]) -> tuple[Inversion, NDArray[np.float64]]:
    """Figure 8: (15)-(16) with the neighbour as reference, for radii that shrink to 0, and those radii.

    Each search begins at the image found before it, so that the images follow one another.
    """
    radii, steps, start = ball.radius * MORPH, [], ball.neighbour
    for radius in radii:
        within = np.array([radius]) if radius > 0 else None
        step = invert(feature_map, ball.centre[None], ball.neighbour[None], start=start[None], radius=within, **options)
        steps.append(step)
        start = step.image[0]
    fields = Inversion.__dataclass_fields__
    return Inversion(**{name: np.concatenate([getattr(step, name) for step in steps]) for name in fields}), radii


def on_the_perimeter(centre: NDArray, radius: float, training: NDArray, located: pd.DataFrame, own: int) -> int:
    """The training sample of the predicted class `own` whose features lie nearest to the ball's surface.

    ASSUME: Yousefzadeh 2022 names a training sample by an index into another order of the training set; what it says of
    it is that its features are as far from the centre as the boundary is.
    """
    away = np.linalg.norm(training - centre, axis=1)
    off = np.where(located["predicted"] == own, np.abs(away - radius), np.inf)
    return int(located["sample"].iloc[int(off.argmin())])
