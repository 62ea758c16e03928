"""Figure 8 along the segment between two points of feature space: images of its points, near several references."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.experiments.inversion import targets
from phiscope.geometry.inversion import invert
from phiscope.models.feature_map import FeatureMap

BLEND = "blend"
OWN_REFERENCES = 3  # both ends and the blend; a test holds `inversions.budget` against it


def segment(
    feature_map: FeatureMap,
    ends: Mapping[str, NDArray[np.float64]],
    references: Mapping[str, NDArray[np.float64]],
    count: int,
    options: Mapping[str, Any],
) -> tuple[pd.DataFrame, dict[str, NDArray]]:
    """min ‖x − x_r‖² subject to φ(x) = (1 − t) φ(a) + t φ(l), for `count` values of t in [0, 1], each x_r.

    Yousefzadeh 2022 says of figure 8: `we gradually move between these images in the feature space and find how the
    path between them maps back to the pixel space`, by (15)-(16) with a ball that shrinks. The ball bounds φ(x) and
    leaves it free inside; the segment holds it.

    ends: two images (channels, h, w) by name, a and then l; references: further images by name. Beside them the
    references are a, l, and `blend`, the plain blend (1 − t) a + t l, which alone begins at a and ends at l. Returns
    rows of the table `inversions`, by reference and t, without what all share of their sample; and arrays: images and
    features in the order of the rows, and the t of each.
    """
    (first, a), (last, b) = ends.items()
    shares = np.linspace(0.0, 1.0, count)
    along = shares[:, None, None, None]
    given = {
        first: np.repeat(a[None], count, 0),
        last: np.repeat(b[None], count, 0),
        BLEND: (1 - along) * a + along * b,
    }
    given |= {name: np.repeat(image[None], count, 0) for name, image in references.items()}
    start, end = targets.features(feature_map.double(), np.stack([a, b])).numpy()
    points = np.tile((1 - shares[:, None]) * start + shares[:, None] * end, (len(given), 1))
    images = np.concatenate(list(given.values()))
    found = invert(feature_map, points, images, **options)
    rows = {"target": "segment", "reference": np.repeat(list(given), count)}
    rows |= {"radius": np.tile((1 - shares) * np.linalg.norm(end - start), len(given))}
    arrays = {
        "segment_images": found.image,
        "segment_features": targets.features(feature_map.double(), found.image).numpy(),
        "segment_shares": np.tile(shares, len(given)),
    }
    return pd.DataFrame(rows | targets.columns(found, images, feature_map)), arrays


def ends_of(images: NDArray, shares: NDArray, a: NDArray, b: NDArray) -> dict[str, float]:
    """How far the images of a segment come, as shares of ‖a − l‖; images and shares of `segment`, a and b its ends.

        segment_from_neighbour   ‖x(1) − l‖ of the images near a: 0 where they end at l, 1 where as far as a is
        segment_from_sample      ‖x(0) − a‖ of the images near l
        segment_unlike           the largest distance of the images near the blend from the blend

    NaN where a and b are one image.
    """
    count = len(np.unique(shares))
    apart = float(np.linalg.norm(b - a)) or float("nan")
    from_a, from_b, near_blend = (images[k * count : (k + 1) * count] for k in range(OWN_REFERENCES))
    along = shares[:count, None, None, None]
    unlike = np.linalg.norm((near_blend - ((1 - along) * a + along * b)).reshape(count, -1), axis=1).max()
    return {
        "segment_from_neighbour": float(np.linalg.norm(from_a[-1] - b)) / apart,
        "segment_from_sample": float(np.linalg.norm(from_b[0] - a)) / apart,
        "segment_unlike": float(unlike) / apart,
    }
