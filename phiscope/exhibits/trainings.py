"""What can be seen of a training while it goes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import unit_range
from phiscope.models.codec import Codec

COLUMNS = 8


def encoded_and_decoded(codec: Codec, images: NDArray) -> NDArray[np.float32]:
    """Rows of eight images (m, c, h, w), each above a row of what encoder and generator make of them.

    m a multiple of eight; returns (2 m, c, h, w) in reading order.
    """
    decoded = codec.decode(codec.encode(images)[0])
    rows = [part.reshape(-1, COLUMNS, *images.shape[1:]) for part in (unit_range(images), decoded)]
    return np.stack(rows, axis=1).reshape(-1, *images.shape[1:])
