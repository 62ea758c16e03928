"""Intervals of features over all images: they hold every image's features, and refuse layers they do not know."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from phiscope.geometry.reach import features_in_reach
from phiscope.models.classifier import small_resnet


def plain(pixels: Tensor) -> Tensor:
    return pixels


def test_bounds_hold_the_features_of_images_at_random_and_at_corners() -> None:
    torch.manual_seed(0)
    network = small_resnet(1, 4, widths=(4, 6)).train()
    network(torch.rand(64, 1, 6, 6))  # running statistics that differ from channel to channel
    network.eval().double()
    bounds = features_in_reach(network, "linear", (1, 6, 6), lambda pixels: (pixels - 0.3) / 0.4)
    assert bounds is not None
    found: list[Tensor] = []
    network.linear.register_forward_pre_hook(lambda _, inputs: found.append(inputs[0]))
    corners = torch.randint(0, 2, (200, 1, 6, 6)).double()
    with torch.no_grad():
        network((torch.cat([corners, torch.rand(200, 1, 6, 6).double()]) - 0.3) / 0.4)
    assert (found[0] >= bounds.lower).all()
    assert (found[0] <= bounds.upper).all()
    assert (bounds.lower >= 0).all()  # averages of what ReLU gives


def test_of_one_layer_the_bounds_are_reached() -> None:
    """A sum of pixels with signs is largest for the image that is white where the weight is positive."""
    layer = nn.Linear(6, 3).double()
    bounds = features_in_reach(nn.Sequential(nn.Flatten(), layer, nn.ReLU()), None, (1, 2, 3), plain)
    assert bounds is not None
    weight, bias = (part.detach().numpy() for part in (layer.weight, layer.bias))
    np.testing.assert_allclose(bounds.upper[0], (np.maximum(weight, 0).sum(1) + bias).clip(0), rtol=1e-6)
    np.testing.assert_allclose(bounds.lower[0], (np.minimum(weight, 0).sum(1) + bias).clip(0), rtol=1e-6, atol=1e-8)


class Squared(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1) ** 2


class Branching(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1) if images.sum() > 0 else -images.flatten(1)


@pytest.mark.parametrize("network", [Squared(), Branching(), nn.Sequential(nn.Flatten(), nn.GELU())])
def test_what_is_not_known_gives_no_bound(network: nn.Module) -> None:
    assert features_in_reach(network, None, (1, 2, 2), plain) is None
