"""A part of the images in every setting: what one job of a run draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import eight_bit
from phiscope.experiments.implicit.fits import Images, Options, draw, mean_magnitudes
from phiscope.experiments.implicit.kept import KeptFits
from phiscope.experiments.implicit.settings import Setting


def draw_part(
    images: Images,
    part: slice,
    settings: Sequence[Setting],
    options: Options,
    picture: str | None,
    *,
    kept: KeptFits | None = None,
    report: Callable[[int, int], None] | None = None,
) -> tuple[list[dict[str, Any]], dict[str, NDArray]]:
    """Rows of the images in a part, in every setting, and the pictures that figures show, by the names of the settings.

    images: all by name, in order, since some spectra are means over the others; picture: the image whose pictures of
    the first seed are kept, and itself as `original`; kept: as in `draw`.
    """
    chosen = {name: images[name] for name in list(images)[part]}
    means = mean_magnitudes(images) if any(setting.spectrum == "mean" for setting in settings) else {}
    rows, pictures = [], {}
    for drawn in draw(chosen, settings, options, means=means, kept=kept, report=report):
        rows.append(drawn.row)
        if drawn.image is not None and (drawn.row["image"], drawn.row["seed"]) == (picture, options.seeds[0]):
            pictures[drawn.setting.name] = eight_bit(np.nan_to_num(drawn.image))
    if picture is not None and picture in chosen:
        pictures["original"] = chosen[picture].astype(np.float32)
    return rows, {name: np.ascontiguousarray(kept) for name, kept in pictures.items()}
