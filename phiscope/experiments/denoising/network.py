"""A trained denoiser as a function of images, with what it was trained on; what its layers see."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import nn

from phiscope.arrays import unit_range
from phiscope.denoising.corruptions import Noise
from phiscope.denoising.layers import Layer, reaches
from phiscope.denoising.tiling import denoise_tiled
from phiscope.models import load_artifact
from phiscope.models.denoiser import Autoencoder, Denoised, ResidualDenoiser, as_taken, parameter_count, run_on


@dataclass(frozen=True)
class Denoiser:
    """denoiser(images (m, channels, h, w) in [0, 1]) -> the same shape, float32, not clipped.

    channels: what the network takes; one for grey images takes those of a colour image one by one. trained_on: the
    noise, in words; empty where it is not known.
    """

    network: nn.Module
    channels: int
    trained_on: str = ""

    @classmethod
    def load(cls, path: str | Path, device: str = "cpu") -> Denoiser:
        """What `train_denoiser` or `load_denoiser` wrote."""
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
        return run_on(self.network, np.asarray(as_taken(pixels, self.channels))).reshape(pixels.shape)

    def before(self, classifier: nn.Module) -> Denoised:
        """The classifier that sees what this network makes of an image: one network, differentiable."""
        return Denoised(classifier, self.network, self.channels)

    def image(self, image: NDArray, *, tile: int = 512, overlap: int = 64) -> NDArray[np.float32]:
        """One image (channels, h, w) of any size, in tiles where it is large."""
        return denoise_tiled(lambda part: self(part[None])[0], unit_range(image), tile=tile, overlap=overlap)


def layers_of(network: nn.Module) -> list[Layer]:
    """The convolutions of a network of `models.denoiser`, in order; none for a network that is not known here.

    A fold into images of every other pixel sees as much as a convolution of that side and stride.
    """
    if isinstance(network, Autoencoder):
        kernel, strides = cast(nn.Conv2d, network.encoder[0]).kernel_size[0], network.strides
        encoder = [Layer(f"encoder {i}", kernel, stride, kernel // 2) for i, stride in enumerate(strides, 1)]
        back = enumerate(reversed(strides), 1)
        return encoder + [Layer(f"decoder {i}", kernel, 1, kernel // 2, upsample=stride) for i, stride in back]
    if isinstance(network, ResidualDenoiser):
        count = sum(isinstance(module, nn.Conv2d) for module in network.modules())
        inner = [Layer(f"convolution {i}", 3, 1, 1) for i in range(1, count + 1)]
        fold = network.fold
        return inner if fold == 1 else [Layer("fold", fold, fold), *inner, Layer("unfold", 1, upsample=fold)]
    return []


def layer_table(network: nn.Module, side: int) -> list[dict[str, str | float]]:
    """What each layer does and sees: kernel, stride, padding, upsample; size of its output, receptive_field, step.

    side: of the input, in pixels, taken up to the next one that all strides divide. One row per layer of `layers_of`.
    """
    layers = layers_of(network)
    divisor = math.prod(layer.stride for layer in layers)
    fields = reaches(layers, -(-side // divisor) * divisor)
    return [asdict(layer) | asdict(reach) for layer, reach in zip(layers, fields, strict=True)]
