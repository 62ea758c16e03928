"""Images attacked by PGD, up to the first success or to the end, also by attacks that know detector or denoiser."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.attacks.pgd import pgd
from phiscope.attacks.pgd import random_start as drawn_start
from phiscope.models import FeatureMap, split
from phiscope.models.denoiser import Denoised
from phiscope.views.epsilon import default_epsilon
from phiscope.views.source import Source

if TYPE_CHECKING:
    from phiscope.datasets.prepared import PreparedDataset
    from phiscope.experiments.denoising.network import Denoiser
    from phiscope.head import Head

# Images at a time; a denoiser keeps many channels of full size for its gradient.
_BATCH, _BATCH_THROUGH = 250, 50


def make(
    source: Source,
    *,
    classifier: nn.Module,
    head: Head | None = None,
    training_features: NDArray[np.float32] | None = None,
    denoiser: Denoiser | None = None,
    training_images: PreparedDataset | None = None,
    through: str | None = None,
    stop: bool,
    norm: str,
    epsilon: float | None = None,
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
    projections onto the hull. epsilon: unless given, `default_epsilon` of the training images. through: `network`
    attacks the classifier behind the denoiser, φ included; the images are those before the denoiser. ASSUME: the class
    to leave is that of the denoised image, then.
    """
    network, batch_size = classifier, _BATCH
    if denoiser is not None and through is not None:
        network, batch_size = denoiser.before(classifier), _BATCH_THROUGH
    if epsilon is None:
        assert training_images is not None  # asked for by a view without an epsilon
        epsilon = default_epsilon(norm, training_images.deviation, math.prod(training_images.shape))
    start = penalty = None
    if random_start:
        shape, numbers = source.images.shape[1:], source.samples
        start = drawn_start(shape, norm=norm, epsilon=epsilon, samples=numbers, seed=source.seed)
    if head is not None and hull_penalty:
        # By name: an attack without the penalty does not rest on the solver of hull projections.
        hull_penalty_of = import_module("phiscope.attacks.hull_penalty").HullPenalty
        example = torch.from_numpy(source.pixels[:2]).to(next(classifier.parameters()))
        features = _features(split(classifier, example, head=head.layer), network)
        penalty = hull_penalty_of(features, training_features, weight=hull_penalty, every=hull_every)
    attacked = pgd(
        network,
        source.images,
        norm=norm,
        epsilon=epsilon,
        step=2.5 * epsilon / steps if step is None else step,
        steps=steps,
        stop=stop,
        confidence=confidence,
        start=start,
        penalty=penalty,
        batch_size=batch_size,
    )
    return {"images": attacked.images, "iterations": attacked.iterations}


def _features(feature_map: FeatureMap, network: nn.Module) -> Callable[[Tensor], Tensor]:
    """φ of what the classifier sees: behind a denoiser, of the denoised image."""
    return (lambda x: feature_map(network.denoise(x))) if isinstance(network, Denoised) else feature_map
