"""Residual classifiers for small images, after He et al. 2016 (section 4.2)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


class ResidualBlock(nn.Module):
    """ReLU(shortcut(x) + two 3x3 convolutions with batch norm); the shortcut has no parameters."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels_out)
        self.stride = stride
        self.extra = channels_out - channels_in

    def shortcut(self, x: Tensor) -> Tensor:
        """Option A of He et al.: subsample, and pad the missing channels with zeros on both sides."""
        if self.stride == 1 and self.extra == 0:
            return x
        before = self.extra // 2
        return functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, before, self.extra - before))

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class ResidualNetwork(nn.Module):
    """(b, channels, h, w) -> (b, classes): a 3x3 stem, one stage per width, average pooling, a linear head.

    Every stage after the first halves the image. The last width is the dimension of the feature space; the
    features are averages of ReLU outputs, so no feature is negative.
    """

    def __init__(self, channels: int, classes: int, widths: Sequence[int], blocks: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, widths[0], 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        incoming = widths[0]
        self.stages = [f"layer{k + 1}" for k in range(len(widths))]
        for k, (name, width) in enumerate(zip(self.stages, widths, strict=True)):
            strides = [1 if k == 0 else 2] + [1] * (blocks - 1)
            sizes = [incoming] + [width] * (blocks - 1)
            self.add_module(name, nn.Sequential(*map(ResidualBlock, sizes, [width] * blocks, strides)))
            incoming = width
        self.linear = nn.Linear(incoming, classes)
        self.apply(_initialise)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.bn1(self.conv1(x)))
        for name in self.stages:
            x = getattr(self, name)(x)
        return self.linear(x.mean(dim=(2, 3)))


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(module.weight)


def resnet20(channels: int = 3, classes: int = 10) -> ResidualNetwork:
    """ResNet-20 for 32x32 images: three stages of three blocks at 16, 32 and 64 channels, 64 features."""
    return ResidualNetwork(channels, classes, widths=(16, 32, 64), blocks=3)


def small_resnet(channels: int = 1, classes: int = 10, widths: Sequence[int] = (16, 32)) -> ResidualNetwork:
    """One block per stage, for 8x8 digits, and 28x28 with a stage more; `widths[-1]` features.

    Far fewer features than pixels: else most points of feature space have no image that maps to them.
    """
    return ResidualNetwork(channels, classes, widths=tuple(widths), blocks=1)


class Normalised(nn.Module):
    """Pixels in [0, 1] -> network((pixels - mean) / deviation), per channel.

    Everything outside this class speaks of pixels in [0, 1]: distances between images, attacks, hulls.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, network: nn.Module, mean: Sequence[float], deviation: Sequence[float]) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).view(1, -1, 1, 1))
        self.register_buffer("deviation", torch.tensor(deviation, dtype=torch.float32).view(1, -1, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        return self.network((pixels - self.mean) / self.deviation)
