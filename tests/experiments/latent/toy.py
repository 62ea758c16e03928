"""A latent space whose every answer is known: a linear generator, its exact inverse as encoder, a linear classifier.

𝒢(z) = 1/2 + z / 20 as an image of 2 x 2 pixels; the classifier's logits are the pixels, so that the label of an image
is its brightest pixel, and that of a latent its largest entry. The axes are the coordinates, of length √M = 2.
"""

import numpy as np
import torch
from torch import Tensor, nn

from phiscope.experiments.latent.bases import Bases, build_all
from phiscope.latent.basis import averages
from phiscope.models.codec import Codec

DIMENSION, SCALE = 4, 0.05
AXES = 2 * np.eye(DIMENSION)


class Generator(nn.Module):
    def forward(self, z: Tensor) -> Tensor:
        return (0.5 + SCALE * z).reshape(len(z), 1, 2, 2)


class Encoder(nn.Module):
    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        mean = (images.reshape(len(images), -1) - 0.5) / SCALE
        return mean, torch.full_like(mean, -10.0)


class Classifier(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return images.reshape(len(images), -1)


def codec() -> Codec:
    return Codec(Generator(), Classifier(), Encoder())


def bases() -> Bases:
    """All are the coordinate axes, since the averages of the labels are."""
    z, labels = np.repeat(AXES, 2, axis=0), np.repeat(np.arange(DIMENSION), 2)
    return build_all(averages(z, labels, label_count=DIMENSION), (), seed=0)


def latents(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(4 count, 4) latents near the axes of their labels, in turn, and the labels."""
    labels = np.tile(np.arange(DIMENSION), count)
    noise = np.random.default_rng(seed).normal(size=(len(labels), DIMENSION)) * 0.1
    return (AXES[labels] + noise).astype(np.float32), labels
