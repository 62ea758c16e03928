"""Denoisers: an autoencoder as the denoising lecture draws it, and a residual network after DnCNN and FFDNet.

Both map noisy images to clean ones of the same size, whatever that is: (b, channels, h, w) -> (b, channels, h, w).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from phiscope.arrays import blocks
from phiscope.errors import ModelError


class Autoencoder(nn.Module):
    """Encoder: convolution, ReLU and stride; decoder: upsampling, convolution and ReLU, the last layer without.

    widths: channels of each layer of the encoder; the decoder takes them back in reverse. residual: the network
    computes what is to be added to its input instead of the image itself.
    """

    def __init__(
        self, channels: int, widths: Sequence[int], strides: Sequence[int], kernel: int, residual: bool
    ) -> None:
        super().__init__()
        self.residual, self.strides = residual, tuple(strides)
        sizes = [channels, *widths]
        layers = list(zip(sizes, sizes[1:], strides))
        self.encoder = nn.ModuleList(
            nn.Conv2d(before, after, kernel, stride, padding=kernel // 2) for before, after, stride in layers
        )
        self.decoder = nn.ModuleList(
            nn.Conv2d(after, before, kernel, padding=kernel // 2) for before, after, _ in reversed(layers)
        )

    def encode(self, x: Tensor) -> Tensor:
        """The code of images: patterns of patterns, (b, widths[-1], h / strides, w / strides)."""
        for layer in self.encoder:
            x = functional.relu(layer(x))
        return x

    def decode(self, code: Tensor, sizes: Sequence[Sequence[int]]) -> Tensor:
        """The images of a code; sizes: (h, w) of the input of each layer of the encoder."""
        for place, (layer, size) in enumerate(zip(self.decoder, reversed(sizes))):
            code = layer(functional.interpolate(code, size=tuple(size), mode="nearest"))
            code = functional.relu(code) if place < len(self.decoder) - 1 else code
        return code

    def forward(self, x: Tensor) -> Tensor:
        decoded = self.decode(self.encode(x), self.sizes(x.shape[2:]))
        return x + decoded if self.residual else decoded

    def sizes(self, size: Sequence[int]) -> list[tuple[int, ...]]:
        """(h, w) of the input of each layer of the encoder: a stride halves and rounds up."""
        sizes = [tuple(size)]
        for stride in self.strides[:-1]:
            sizes.append(tuple(-(-side // stride) for side in sizes[-1]))
        return sizes


class ResidualDenoiser(nn.Module):
    """x - noise(x): convolution and ReLU, depth - 2 times convolution, batch norm and ReLU, convolution.

    fold 1 is DnCNN (Zhang et al. 2017). fold 2 works on the four half-size images of every other pixel, as FFDNet
    (Zhang et al. 2018) does, at a quarter of the cost. Starts as the identity: the last convolution is zero.
    """

    def __init__(self, channels: int, width: int, depth: int, fold: int, batch_norm: bool) -> None:
        super().__init__()
        self.fold, folded = fold, channels * fold**2
        layers: list[nn.Module] = [nn.Conv2d(folded, width, 3, padding=1), nn.ReLU()]
        for _ in range(depth - 2):
            layers.append(nn.Conv2d(width, width, 3, padding=1, bias=not batch_norm))
            layers += [nn.BatchNorm2d(width)] if batch_norm else []
            layers.append(nn.ReLU())
        self.body = nn.Sequential(*layers)
        self.last = nn.Conv2d(width, folded, 3, padding=1)
        self.apply(_initialise)
        nn.init.zeros_(self.last.weight)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        # Sides that the fold does not divide are continued by their last pixel, and cut off again.
        padded = functional.pad(x, (0, -width % self.fold, 0, -height % self.fold), mode="replicate")
        noise = self.last(self.body(functional.pixel_unshuffle(padded, self.fold)))
        return x - functional.pixel_shuffle(noise, self.fold)[:, :, :height, :width]


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def autoencoder(
    channels: int = 1,
    widths: Sequence[int] = (32, 32),
    strides: Sequence[int] = (1, 2),
    kernel: int = 3,
    residual: bool = False,
) -> Autoencoder:
    """Two layers to encode, two to decode, unless told otherwise."""
    return Autoencoder(channels, tuple(widths), tuple(strides), kernel, residual)


def dncnn(
    channels: int = 1, width: int = 64, depth: int = 17, fold: int = 1, batch_norm: bool = True
) -> ResidualDenoiser:
    """DnCNN; with fold 2 in the manner of FFDNet."""
    return ResidualDenoiser(channels, width, depth, fold, batch_norm)


class Denoised(nn.Module):
    """classifier(clip(denoiser(x), 0, 1)): what is attacked by who knows that images are denoised first.

    channels: what the denoiser takes, see `as_taken`. ASSUME: gradients are those of the composite as it is, none where
    the clip cuts.
    """

    def __init__(self, classifier: nn.Module, denoiser: nn.Module, channels: int) -> None:
        super().__init__()
        self.classifier, self.denoiser, self.channels = classifier, denoiser, channels

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.denoise(x))

    def denoise(self, x: Tensor) -> Tensor:
        """The image that the classifier sees, in [0, 1]."""
        return self.denoiser(as_taken(x, self.channels)).reshape(x.shape).clamp(0, 1)


def as_taken(images: NDArray | Tensor, channels: int) -> NDArray | Tensor:
    """Images (m, c, h, w) as a network for so many channels takes them: as they are, or (m c, 1, h, w).

    ASSUME: a network for grey images takes the channels of a colour image one by one, which forgoes what they have in
    common. Raises ModelError for other numbers of channels.
    """
    if images.shape[1] == channels:
        return images
    if channels != 1:
        raise ModelError(
            f"the denoiser takes {channels} channels, the images have {images.shape[1]}; train one for these"
        )
    return images.reshape(-1, 1, *images.shape[2:])


def parameter_count(network: nn.Module) -> int:
    """How many numbers training chooses."""
    return sum(parameter.numel() for parameter in network.parameters())


@torch.no_grad()
def run_on(network: nn.Module, images: NDArray, batch_size: int = 64) -> NDArray[np.float32]:
    """A network on images (m, channels, h, w), float32 numpy in and out, in batches, without gradients."""
    example = next(network.parameters())
    parts = [
        network(torch.from_numpy(images[part]).to(example)).cpu().numpy() for part in blocks(len(images), batch_size)
    ]
    return np.concatenate(parts)
