"""A contact sheet: the first images of each class of a prepared split, with their names."""

from __future__ import annotations

import numpy as np
import pandas as pd

from phiscope.arrays import unit_range
from phiscope.datasets import PreparedDataset
from phiscope.datasets.classes import UNKNOWN

MOST = 49  # classes that are shown; of more, as many, evenly among them
_EACH = 2


def contact_sheet(prepared: PreparedDataset) -> pd.DataFrame:
    """An image a row: number and name of its class, its own name, the flat image in [0, 1] beside its shape; classes:
    how many there are. A class without an image has no row; images without a label stand last, as number -1."""
    count = len(prepared.classes)
    numbers = np.unique(np.linspace(0, count - 1, min(count, MOST)).round().astype(int))
    rows = []
    for number in [*numbers.tolist(), UNKNOWN]:
        for place in np.flatnonzero(prepared.labels == number)[:_EACH].tolist():
            name = "no label" if number == UNKNOWN else prepared.classes[number]
            image = unit_range(prepared.images(slice(place, place + 1)))[0]
            channels, height, width = image.shape
            rows.append(
                {
                    "number": number, "class": name, "name": _name(prepared, place),
                    "channels": channels, "height": height, "width": width, "image": image.ravel(), "classes": count,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _name(prepared: PreparedDataset, place: int) -> str:
    """What the source calls an image; its number where it has no names."""
    return prepared.files[place] or f"image {prepared.samples[place]}"
