"""Residual classifiers for small images, after He et al. 2016 (section 4.2)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from phiscope.errors import ModelError
from phiscope.models.endings import Endings, full_precision
from phiscope.models.output import Choice, as_logits, chosen


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
    """Pixels in [0, 1] -> logits (b, classes) of network((pixels - mean) / deviation), per channel.

    Everything outside this class speaks of pixels in [0, 1]: distances between images, attacks, hulls. So it does of
    one tensor of logits: output says which part of what the network returns that is (see `phiscope.models.output`),
    columns which of its columns, in the order of the classes; None takes all. A network that ends in a softmax, its
    logarithm, or the sigmoid of one number is taken without that: see `phiscope.models.endings`. A network of float64
    computes in that, whatever the pixels come in, and autocast within the network is switched off.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(
        self,
        network: nn.Module,
        mean: Sequence[float],
        deviation: Sequence[float],
        output: Choice = None,
        columns: Sequence[int] | None = None,
    ) -> None:
        super().__init__()
        self.network, self.output = network, output
        self._ending: dict[bool, str] = {}
        self.columns = None if columns is None else list(columns)
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).view(1, -1, 1, 1))
        self.register_buffer("deviation", torch.tensor(deviation, dtype=torch.float32).view(1, -1, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        given = (pixels - self.mean) / self.deviation
        with full_precision():
            logits = as_logits(self._before_probabilities(given.to(self._kind(given))))
        if self.columns is not None:
            if max(self.columns) >= logits.shape[1]:
                raise ModelError(
                    f"classifier.columns names column {max(self.columns)}, the network has columns 0 to "
                    f"{logits.shape[1] - 1}"
                )
            logits = logits[:, self.columns]
        return logits.to(pixels.dtype)

    def _before_probabilities(self, given: Tensor) -> Tensor:
        """What the network returns, without a softmax at the end.

        Whether there is one is looked for in the first pass of each mode, since looking takes time; some networks have
        it in evaluation mode only.
        """
        if self._ending.get(self.training) == "":
            return chosen(self.network(given), self.output)[0]
        with Endings() as endings:
            logits, self._ending[self.training] = endings.before(chosen(self.network(given), self.output)[0])
        return logits

    @property
    def ending(self) -> str:
        """The function, such as `softmax`, that is taken off the end in evaluation; empty before a pass in that."""
        return self._ending.get(False, "")

    def _kind(self, given: Tensor) -> torch.dtype:
        """What the network computes in; what is mixed is left to the network."""
        kinds = {each.dtype for each in self.network.parameters() if each.is_floating_point()}
        return kinds.pop() if kinds == {torch.float64} else given.dtype
