"""Images drawn from the largest components of their latents: Deep LSD, section V."""

from __future__ import annotations

from numpy.typing import NDArray
from torch import nn

from phiscope.experiments.latent.bases import Bases
from phiscope.latent.spectral import truncate
from phiscope.models.codec import Codec
from phiscope.views.source import Source


def make(
    source: Source,
    *,
    generator: nn.Module,
    encoder: nn.Module,
    bases: Bases,
    components: int,
    basis: str,
    renormalise: bool = False,
) -> dict[str, NDArray]:
    """𝒢(Σ over the largest |c_k| of c_k ξ_k), c from μ of each image: (m, channels, h, w) -> the same shape, float32.

    components: how many; as many as latent space has dimensions decode the whole latent. basis: a name of
    `experiments.latent.bases.BASES`. ASSUME: the mean of the encoding, not a draw, so that a
    chunk needs no random numbers.
    """
    codec = Codec(generator, encoder=encoder)
    mean, _ = codec.encode(source.images)
    return {"images": codec.decode(truncate(mean, bases[basis], components, renormalise=renormalise))}
