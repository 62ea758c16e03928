"""What of a classifier that is trained here follows from its images: sizes of our networks, and the normalisation."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from typing import Any

from phiscope.datasets.prepared import PreparedDataset
from phiscope.factories import NO_NORMALISATION, function_of

_OURS = "phiscope.models.classifier:"


def sized(description: Mapping[str, Any], images: PreparedDataset) -> dict[str, Any]:
    """How a classifier is built, with what follows from its training images where the configuration is silent.

    Arguments `channels`, `classes` and `widths` of our own factories; factories of others get what they are given and
    nothing else. normalise: mean and deviation of each channel, over the first images of the order.
    """
    arguments = dict(description["arguments"])
    if description["factory"].startswith(_OURS):
        fitting = {
            "channels": images.shape[0],
            "classes": len(images.classes),
            "widths": widths_for(min(images.shape[1:])),
        }
        takes = inspect.signature(function_of(description["factory"])).parameters
        arguments = {name: value for name, value in fitting.items() if name in takes} | arguments
    return dict(description) | {"arguments": arguments, "normalise": _normalisation(description["normalise"], images)}


def widths_for(side: int) -> list[int]:
    """Channels of the stages of `small_resnet`, each of which halves the image: two for 8 pixels, three for 32."""
    stages = 2 + max(0, math.ceil(math.log2(side / 16)))
    return [min(16 * 2**stage, 128) for stage in range(stages)]


def _normalisation(given: Any, images: PreparedDataset) -> dict[str, list[float]] | None:
    if given == NO_NORMALISATION:
        return None
    if given is not None:
        return given
    measured = images.statistics
    deviations = [deviation or 1.0 for deviation in measured.channel_deviations]  # of a channel without contrast
    return {"mean": list(measured.channel_means), "deviation": deviations}
