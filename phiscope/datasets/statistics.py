"""Mean and standard deviation of the pixels of a split, from the first images of its order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import unit_range

Moments = tuple[NDArray[np.float64], NDArray[np.float64]]

MOST = 1000  # images that are looked at: a fair sample, as any prefix of the order is


@dataclass(frozen=True)
class PixelStatistics:
    """Of pixels in [0, 1], over all images, rows and columns; `deviation` is the standard deviation over the count.

    mean, deviation: of all channels together; channel_means, channel_deviations: of each; images: how many were looked
    at, `MOST` where there are as many.
    """

    mean: float
    deviation: float
    channel_means: tuple[float, ...]
    channel_deviations: tuple[float, ...]
    images: int

    @classmethod
    def of(cls, images: Iterable[NDArray]) -> PixelStatistics:
        """Of images (channels, height, width), all of one shape, uint8 or float32 in [0, 1]: one at least.

        Images are widened to float64 one by one, and variances put together from those within images and between.
        """
        return cls.of_moments(map(moments, images))

    @classmethod
    def of_moments(cls, parts: Iterable[Moments]) -> PixelStatistics:
        """Of what `moments` gives of each image."""
        means, variances = (np.array(part) for part in zip(*parts))  # (n, channels)
        within = variances.mean()
        channel = np.sqrt(variances.mean(axis=0) + means.var(axis=0))
        return cls(
            float(means.mean()),
            float(np.sqrt(within + means.var())),
            tuple(means.mean(axis=0).tolist()),
            tuple(channel.tolist()),
            len(means),
        )

    @classmethod
    def read(cls, text: str) -> PixelStatistics:
        """What `text` wrote."""
        values: dict[str, Any] = json.loads(text)
        means, deviations = (tuple(values.pop(key)) for key in ("channel_means", "channel_deviations"))
        return cls(channel_means=means, channel_deviations=deviations, **values)

    @property
    def text(self) -> str:
        return json.dumps(asdict(self))


def moments(image: NDArray) -> Moments:
    """Mean and variance of each channel of an image, its pixels in [0, 1]; one channel is widened at a time."""
    channels = (unit_range(channel).reshape(-1).astype(np.float64) for channel in image)
    means, variances = zip(*((channel.mean(), channel.var()) for channel in channels))
    return np.array(means), np.array(variances)
