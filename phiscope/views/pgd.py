"""Images attacked by PGD, up to the first success or to the end, also by attacks that know the detector."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from phiscope import attacks
from phiscope.head import Head
from phiscope.models import split
from phiscope.views.source import Source


def make(
    source: Source,
    *,
    classifier: nn.Module,
    head: Head,
    training_features: NDArray[np.float32],
    stop: bool,
    norm: str,
    epsilon: float,
    steps: int = 40,
    step: float | None = None,
    random_start: bool = False,
    confidence: float = 0.0,
    hull_penalty: float = 0.0,
    hull_every: int = 5,
) -> dict[str, NDArray]:
    """(m, channels, h, w) -> the same shape, float32 in [0, 1], and the iterations of each.

    norm (`linf`, `l2`), epsilon, steps, stop and confidence are those of `phiscope.attacks.pgd`; step is
    2.5 epsilon / steps where it is not given (Madry et al. 2018). hull_penalty: weight of the distance of φ(x) to the
    hull of the training features in the loss, so that the attack keeps away from it; hull_every: steps between
    projections onto the hull.
    """
    start = penalty = None
    if random_start:
        options = {"norm": norm, "epsilon": epsilon, "samples": source.samples, "seed": source.seed}
        start = attacks.random_start(source.images.shape[1:], **options)
    if hull_penalty:
        example = torch.from_numpy(source.pixels[:2]).to(next(classifier.parameters()))
        feature_map = split(classifier, example, head=head.layer)
        penalty = attacks.HullPenalty(feature_map, training_features, weight=hull_penalty, every=hull_every)
    found = attacks.pgd(
        classifier,
        source.images,
        norm=norm,
        epsilon=epsilon,
        step=2.5 * epsilon / steps if step is None else step,
        steps=steps,
        stop=stop,
        confidence=confidence,
        start=start,
        penalty=penalty,
    )
    return {"images": found.images, "iterations": found.iterations}
