"""Images attacked by DeepFool."""

from __future__ import annotations

from numpy.typing import NDArray
from torch import nn

from phiscope import attacks
from phiscope.views.source import Source


def make(source: Source, *, classifier: nn.Module, **options: float) -> dict[str, NDArray]:
    """(m, channels, h, w) -> the same shape, float32 in [0, 1], and the iterations of each.

    options: steps, overshoot and candidates of `phiscope.attacks.deepfool`.
    """
    found = attacks.deepfool(classifier, source.images, **options)
    return {"images": found.images, "iterations": found.iterations}
