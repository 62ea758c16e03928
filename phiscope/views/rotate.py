"""Images whose latents are turned toward the axis of a label: Deep LSD, section VI."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import nn

from phiscope.experiments.latent.bases import Bases
from phiscope.experiments.latent.turns import own_labels
from phiscope.latent import operators
from phiscope.latent.basis import Basis
from phiscope.models.codec import Codec
from phiscope.views.source import Source


def make(
    source: Source,
    *,
    generator: nn.Module,
    encoder: nn.Module,
    bases: Bases,
    basis: str,
    toward: int | None = None,
    share: float = 1.0,
    operator: str = "givens",
) -> dict[str, NDArray]:
    """𝒢(R μ) with R the turn by share · π/2 from the image's own axis to that of `toward`, renormalised as in (7).

    (m, channels, h, w) -> the same shape, float32 in [0, 1]. operator: `givens`, or `projector` for equation (11).
    ASSUME: an image's own axis is the one of set 1 with its largest amplitude, so that no label is needed; an image
    whose own axis is the target's stays as its mean latent decodes. None: toward class 1, or the next with an axis, as
    an encoder may read a class nowhere. Raises DataError where a class that is named has none.
    """
    chosen, codec = bases[basis], Codec(generator, encoder=encoder)
    mean, _ = codec.encode(source.images)
    own, toward = own_labels(mean, chosen), _next_label(chosen) if toward is None else toward
    turned = mean.astype(np.float64)
    for label in np.unique(own[own != toward]).tolist():
        rows = own == label
        path = operators.rotate(mean[rows], chosen, [label, toward], step=share * np.pi / 2, steps=1, kind=operator)
        turned[rows] = path.latents[-1]
    return {"images": codec.decode(turned)}


def _next_label(basis: Basis) -> int:
    """1, or the next label with an axis in set 1, or else the first; 1 where there is none, which `Basis.axis` says."""
    labels = basis.first_labels
    return next((label for label in labels if label >= 1), labels[0] if labels else 1)
