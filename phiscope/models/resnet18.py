"""ResNet-18 for photographs of some 224 pixels: He et al. 2016, figure 3 and table 1, with projection shortcuts.

Layers have the names of torchvision's `resnet18`, so that its weights load; torchvision itself is not needed.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from phiscope.models.classifier import ResidualBlock

WIDTHS = (64, 128, 256, 512)


class ProjectedBlock(ResidualBlock):
    """Where the size changes, the shortcut is a 1x1 convolution with batch norm: option B of He et al."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__(channels_in, channels_out, stride)
        self.downsample: nn.Module = nn.Identity()
        if stride > 1 or channels_in != channels_out:
            self.downsample = nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out)
            )

    def shortcut(self, x: Tensor) -> Tensor:
        return self.downsample(x)


class ResNet18(nn.Module):
    """(b, channels, h, w) -> (b, classes): a 7x7 stem and pooling, four stages of two blocks, 512 features, a head.

    The features are averages of ReLU outputs, so none is negative; images are halved five times.
    """

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, WIDTHS[0], 7, 2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(WIDTHS[0])
        self.maxpool = nn.MaxPool2d(3, 2, padding=1)
        incoming = WIDTHS[0]
        for number, width in enumerate(WIDTHS, 1):
            first = ProjectedBlock(incoming, width, 1 if number == 1 else 2)
            self.add_module(f"layer{number}", nn.Sequential(first, ProjectedBlock(width, width, 1)))
            incoming = width
        self.fc = nn.Linear(incoming, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        for number in range(1, len(WIDTHS) + 1):
            x = getattr(self, f"layer{number}")(x)
        return self.fc(x.mean(dim=(2, 3)))


def resnet18(channels: int = 3, classes: int = 10) -> ResNet18:
    """ResNet-18: 11 million parameters, 512 features, 1.8 billion multiplications for an image of 224 pixels."""
    return ResNet18(channels, classes)
