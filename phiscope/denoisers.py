"""A trained denoiser as a function of images, with what it was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from phiscope.arrays import unit_range
from phiscope.denoise.corruptions import Noise
from phiscope.denoise.tiling import denoise_tiled
from phiscope.errors import ModelError
from phiscope.models import load_artifact
from phiscope.models.denoiser import parameter_count, run_on


@dataclass(frozen=True)
class Denoiser:
    """denoiser(images (m, channels, h, w) in [0, 1]) -> the same shape, float32, not clipped.

    channels: what the network takes. ASSUME: a network for grey images takes the channels of a colour image one by
    one, which forgoes what they have in common. trained_on: the noise, in words; empty where it is not known.
    """

    network: nn.Module
    channels: int
    trained_on: str = ""

    @classmethod
    def load(cls, path: str | Path, device: str = "cpu") -> Denoiser:
        """What the rule train_denoiser or load_denoiser wrote."""
        network, about = load_artifact(path)
        noises = about.get("training", {}).get("noise")
        trained_on = "" if noises is None else ", ".join(str(Noise.of(noise)) for noise in noises) or "none"
        return cls(network.to(device), about["arguments"].get("channels", 1), trained_on)

    @property
    def parameters(self) -> int:
        """How many numbers training chose."""
        return parameter_count(self.network)

    def __call__(self, images: NDArray) -> NDArray[np.float32]:
        pixels = unit_range(images)
        if pixels.shape[1] == self.channels:
            return run_on(self.network, pixels)
        if self.channels != 1:
            raise ModelError(
                f"the denoiser takes {self.channels} channels, the images have {pixels.shape[1]}; train one for these"
            )
        return run_on(self.network, pixels.reshape(-1, 1, *pixels.shape[2:])).reshape(pixels.shape)

    def image(self, image: NDArray, *, tile: int = 512, overlap: int = 64) -> NDArray[np.float32]:
        """One image (channels, h, w) of any size, in tiles where it is large."""
        return denoise_tiled(lambda part: self(part[None])[0], unit_range(image), tile=tile, overlap=overlap)
