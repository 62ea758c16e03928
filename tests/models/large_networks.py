"""Networks of few layers, but of the kinds that people have for images of 224 pixels; factories for a configuration."""

from itertools import pairwise

import torch
from torch import nn


class Attention(nn.Module):
    """A block of a vision transformer, normalised before its parts."""

    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Dropout(0.1), nn.Linear(4 * width, width))

    def forward(self, x):
        y = self.norm1(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    """pool: `token`, the class token, or `mean` of the patches."""

    def __init__(self, classes, width, depth, pool, size=224, patch=16):
        super().__init__()
        self.patches, self.pool = nn.Conv2d(3, width, patch, patch), pool
        self.token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.positions = nn.Parameter(torch.randn(1, (size // patch) ** 2 + 1, width) * 0.02)
        self.blocks = nn.Sequential(*(Attention(width, 3) for _ in range(depth)))
        self.norm, self.head = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, classes)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(x), -1, -1), tokens], dim=1) + self.positions
        tokens = self.norm(self.blocks(tokens))
        return self.head(tokens[:, 0] if self.pool == "token" else tokens[:, 1:].mean(1))


class LayerNorm2d(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class DepthwiseBlock(nn.Module):
    """7x7 for each channel, two pointwise layers and a scale of each channel, as in ConvNeXt."""

    def __init__(self, width):
        super().__init__()
        self.depthwise, self.norm = nn.Conv2d(width, width, 7, padding=3, groups=width), nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.scale = nn.Parameter(torch.full((width,), 0.1))

    def forward(self, x):
        y = self.mlp(self.norm(self.depthwise(x).permute(0, 2, 3, 1))) * self.scale
        return x + y.permute(0, 3, 1, 2)


class Bottleneck(nn.Module):
    """As in ResNet-50: 1x1, 3x3, 1x1 with batch norm, four times as wide at the end."""

    def __init__(self, incoming, width, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(incoming, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Sequential(nn.Conv2d(incoming, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))

    def forward(self, x):
        y = self.relu(self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x))))))
        y = self.bn3(self.conv3(y))
        y += self.shortcut(x)
        return self.relu(y)


def vit(classes=10, width=48, depth=2, pool="token"):
    return VisionTransformer(classes, width, depth, pool)


def convnext(classes=10, widths=(16, 32, 64)):
    layers = [nn.Conv2d(3, widths[0], 4, 4), LayerNorm2d(widths[0], eps=1e-6), DepthwiseBlock(widths[0])]
    for before, width in pairwise(widths):
        layers += [LayerNorm2d(before, eps=1e-6), nn.Conv2d(before, width, 2, 2), DepthwiseBlock(width)]
    pooled = [nn.AdaptiveAvgPool2d(1), LayerNorm2d(widths[-1], eps=1e-6), nn.Flatten()]
    return nn.Sequential(*layers, *pooled, nn.Linear(widths[-1], classes))


def resnet(classes=10, widths=(8, 16, 32)):
    layers, incoming = [nn.Conv2d(3, 16, 7, 2, 3, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True)], 16
    layers.append(nn.MaxPool2d(3, 2, 1))
    for k, width in enumerate(widths):
        layers.append(Bottleneck(incoming, width, 2 if k else 1))
        incoming = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(incoming, classes))
