"""Encoder, generator and classifier of one run as functions of arrays, batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.arrays import blocks, unit_range
from phiscope.errors import ModelError
from phiscope.models.gan import draw


@dataclass(frozen=True)
class Codec:
    """ℰ, 𝒢 and 𝒞 in evaluation mode on `device`; images are (n, c, h, w), uint8 or float in [0, 1].

    What is not asked for need not be there. batch: small enough for the activations of 28 x 28 images to stay in the
    cache of a core; 500 take twice as long an image.
    """

    generator: nn.Module
    classifier: nn.Module | None = None
    encoder: nn.Module | None = None
    device: str = "cpu"
    batch: int = 125

    def __post_init__(self) -> None:
        for network in (self.generator, self.classifier, self.encoder):
            if network is not None:
                network.to(self.device).eval().requires_grad_(False)

    def encode(self, images: NDArray) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """μ and log σ of images, (n, M) each."""
        encoder = self._asked_for(self.encoder, "encoder")
        both = self._batched(lambda pixels: torch.stack(encoder(pixels), dim=1), unit_range, images)
        # Contiguous, since safetensors keeps the bytes of a strided view in the wrong order.
        return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])

    def decode(self, latents: NDArray) -> NDArray[np.float32]:
        """𝒢(z), (n, c, h, w) in [0, 1], of latents (n, M)."""
        return self._batched(self.generator, _as_float, latents)

    def logits(self, images: NDArray) -> NDArray[np.float32]:
        """(n, classes)."""
        return self._batched(self._asked_for(self.classifier, "classifier"), unit_range, images)

    def classify(self, images: NDArray) -> NDArray[np.int64]:
        """(n,) the class with the largest logit."""
        return self.logits(images).argmax(1)

    def tangent(self, latents: NDArray, direction: NDArray) -> NDArray[np.float32]:
        """J(z) v, (n, c, h, w): how fast the decoded image changes along `direction` v (M,) at latents (n, M)."""
        v = torch.from_numpy(_as_float(direction)).to(self.device)

        def along(z: Tensor) -> Tensor:
            return torch.func.jvp(self.generator, (z,), (v.expand_as(z),))[1]

        return self._batched(along, _as_float, latents)

    def _asked_for(self, network: nn.Module | None, name: str) -> nn.Module:
        if network is None:
            raise ModelError(f"codec: it has no {name}; give it one to ask for what it makes")
        return network

    def _batched(self, network: Callable[[Tensor], Tensor], prepare: Callable, arrays: NDArray) -> NDArray[np.float32]:
        parts = []
        with torch.no_grad():
            for part in blocks(len(arrays), self.batch):
                given = torch.from_numpy(prepare(arrays[part])).to(self.device)
                parts.append(network(given).float().cpu().numpy())
        return np.concatenate(parts)


def encodings(mean: NDArray, log_deviation: NDArray, *seed: int) -> NDArray[np.float32]:
    """z = μ + σ ε of every row, ε from the numbers in `seed`; all (n, M): one of many encodings of the same images."""
    return mean + np.exp(log_deviation) * draw(*mean.shape, *seed).numpy()


def _as_float(latents: NDArray) -> NDArray[np.float32]:
    return np.ascontiguousarray(latents, dtype=np.float32)
