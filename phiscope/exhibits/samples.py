"""What figures about single samples show: galleries, the page of one sample, a slice through feature space.

Arrays and frames in, frames and mappings out; the figures then draw them without looking anything up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.arrays import blocks
from phiscope.datasets import ImagesBySample
from phiscope.datasets.classes import UNKNOWN
from phiscope.geometry.margin import closest_flip, flip_points
from phiscope.geometry.slices import plane_through
from phiscope.head import Head
from phiscope.tables import LocatedSamples
from phiscope.words.labels import named

_GRID_ROWS = 4096  # points of a slice whose features are held at a time


def gallery(standing: pd.DataFrame, images: ImagesBySample, classes: Sequence[str], count: int = 16) -> pd.DataFrame:
    """The samples with the extreme values of d_f - d_h, with images (Yousefzadeh 2022, equation 26, Figure 13)."""
    ranked = standing.sort_values("ambiguity", kind="stable")
    groups = {"most ambiguous": ranked.head(count), "least ambiguous": ranked.tail(count)[::-1]}
    rows = []
    for group, members in groups.items():
        for rank, row in enumerate(members.itertuples()):
            image = images[row.sample]
            shape = dict(zip(("channels", "height", "width"), image.shape))
            names = {"label_name": named(row.label, classes), "predicted_name": classes[row.predicted]}
            place = {"rank": rank, "group": group, "sample": row.sample, "ambiguity": row.ambiguity}
            rows.append(place | names | shape | {"image": image.ravel()})
    return pd.DataFrame(rows)


def duplicate_pairs(
    duplicates: pd.DataFrame, test: ImagesBySample, train: ImagesBySample, classes: Sequence[str], count: int = 12
) -> pd.DataFrame:
    """The first pairs of a test image and the training image that it is a copy of, two rows each: those that are
    closest in pixels, then those that are close in features alone."""
    ordered = duplicates.assign(apart=duplicates["kind"] == "apart")
    ordered = ordered.sort_values(["apart", "pixel_rms", "feature_distance"], kind="stable").head(count)
    rows = []
    for pair, row in enumerate(ordered.to_dict("records")):
        about = {key: row[key] for key in ("kind", "feature_kind", "pixel_rms", "feature_distance")}
        about |= {"pair": pair, "same_label": row["label"] in (row["train_label"], UNKNOWN)}
        for split, images, sample, label in (
            ("test", test, row["sample"], row["label"]),
            ("train", train, row["train_sample"], row["train_label"]),
        ):
            image = images[sample]
            who = {"split": split, "sample": sample, "label_name": named(label, classes)}
            shape = dict(zip(("channels", "height", "width"), image.shape))
            rows.append(about | who | shape | {"image": image.ravel()})
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class ProjectedSample:
    """One located test sample: its rows of the tables, and its features (f,) in float64.

    hulls: its rows of `hulls`, by space; projections: the nearest points, by space.
    """

    row: pd.Series
    features: NDArray[np.float64]
    hulls: dict[str, pd.Series]
    projections: dict[str, NDArray[np.float64]]


def located_sample(
    number: int, test: LocatedSamples, train: LocatedSamples, hulls: pd.DataFrame, train_images: ImagesBySample
) -> ProjectedSample:
    """One test sample with its projections, put together from their supports; hulls: the table.

    Raises ConfigError where the run has no such sample.
    """
    row, features = test.sample(number, "config: report.samples")
    own = hulls[(hulls["view"] == "original") & (hulls["sample"] == number)]
    by_space = {hull["space"]: hull for _, hull in own.iterrows()}
    numbers = train.columns("sample")["sample"].to_numpy()
    vertices: dict[str, Callable[[int], NDArray]] = {
        "feature": lambda index: train.vectors[np.searchsorted(numbers, index)].astype(np.float64),
        "pixel": lambda index: train_images[index].astype(np.float64).ravel(),
    }
    projections = {
        space: hull["support_weight"] @ np.stack([vertices[space](index) for index in hull["support_index"]])
        for space, hull in by_space.items()
    }
    return ProjectedSample(row, features, by_space, projections)


def page(
    sample: ProjectedSample, head: Head, test: ImagesBySample, train: ImagesBySample, classes: Sequence[str]
) -> dict[str, Any]:
    """What one sample's page shows, apart from the images found by inversion: see `figures.geometry.sample`."""
    closest = closest_flip(sample.features[None], head, lower_bound=head.lower_bound)
    shown = {
        "image": test[sample.row["sample"]],
        "features": sample.features,
        "flip_point": closest.point[0],
        "hull_point": sample.projections["feature"],
        "own": classes[sample.row["predicted"]],
        "label": classes[sample.row["label"]] if sample.row["label"] >= 0 else None,
        "closest": classes[closest.other_class[0]] if closest.other_class[0] >= 0 else "no class",
        "margin": float(closest.distance[0]),
        "distance": float(sample.hulls["feature"]["distance"]),
        "support_feature": _support(sample.hulls["feature"], train, classes),
        "pixel_projection": None,
        "support_pixel": None,
    }
    if "pixel" in sample.hulls:
        shown["pixel_projection"] = sample.projections["pixel"].reshape(shown["image"].shape)
        shown["pixel_distance"] = float(sample.hulls["pixel"]["distance"])
        shown["support_pixel"] = _support(sample.hulls["pixel"], train, classes)
    return shown


def _support(hull: pd.Series, train: ImagesBySample, classes: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {"image": train[index], "label_name": classes[train.label(index)], "weight": weight}
        for index, weight in zip(hull["support_index"], hull["support_weight"])
    ]


def _told(points: NDArray, head: Head) -> tuple[NDArray, NDArray]:
    """Class of each point (k, f), and whether it is one that features can be.

    A hair below the bound counts as inside: coordinates at the bound are only as exact as the plane.
    """
    bound = -np.inf if head.lower_bound is None else head.lower_bound - 1e-9
    return head.classify(points), np.all(points >= bound, axis=1)


def slice_frames(
    sample: ProjectedSample, head: Head, classes: Sequence[str], count: int = 241
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Yousefzadeh 2022, Figure 1, on real data: the plane of a sample and its closest flip points with two classes.

    Returns the grid (u, v, class, class_name, inside_domain) and the points that `figures.geometry.slice` marks.
    """
    flips = flip_points(sample.features[None], head, lower_bound=head.lower_bound)
    nearest = np.argsort(flips.distance)[:2]  # NaN, no flip point, sorts last
    nearest = nearest[np.isfinite(flips.distance[nearest])]
    margins, others = flips.distance[nearest], flips.other_class[nearest]
    # Of two classes there is one flip point; the projection onto the hull then spans the plane with it; without a
    # hull it is any plane that holds the flip point.
    other = sample.projections.get("feature", sample.features)
    plane = plane_through(sample.features, *[*flips.point[nearest], other][:2])
    u, v = plane.grid(1.5 * float(margins.max()), count)
    told = [_told(plane.at(u[part], v[part]), head) for part in blocks(len(u), _GRID_ROWS)]
    of_class, inside = (np.concatenate(each) for each in zip(*told))
    names = [classes[label] for label in of_class]
    grid = pd.DataFrame({"u": u, "v": v, "class": of_class, "class_name": names, "inside_domain": inside})
    own = classes[int(head.classify(sample.features[None])[0])]
    rows = [{"kind": "sample", "u": 0.0, "v": 0.0, "radius": margins[0], "distance": 0.0, "label": own}]
    for (x, y), margin, other in zip(plane.coordinates(flips.point[nearest]), margins, others):
        rows.append({"kind": "flip", "u": x, "v": y, "radius": np.nan, "distance": margin, "label": classes[other]})
    if "feature" in sample.projections:
        x, y = plane.coordinates(sample.projections["feature"][None])[0]
        away = float(sample.hulls["feature"]["distance"])
        rows.append({"kind": "hull", "u": x, "v": y, "radius": np.nan, "distance": away, "label": "hull projection"})
    return grid, pd.DataFrame(rows)
