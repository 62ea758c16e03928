"""Images attacked by DeepFool."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray
from torch import nn

from phiscope.attacks.deepfool import deepfool
from phiscope.views.source import Source


def make(source: Source, *, classifier: nn.Module, **options: Any) -> dict[str, NDArray]:
    """(m, channels, h, w) -> the same shape, float32 in [0, 1], and the iterations of each.

    options: steps, overshoot and candidates of `phiscope.attacks.deepfool`.
    """
    attacked = deepfool(classifier, source.images, **options)
    return {"images": attacked.images, "iterations": attacked.iterations}
