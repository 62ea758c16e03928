"""Small networks in [0, 1], trained by nobody: attacks do not ask for accuracy."""

import numpy as np
import pytest
import torch
from torch import nn

from phiscope.models import build


@pytest.fixture
def images():
    return np.random.default_rng(3).uniform(0.2, 0.8, (24, 1, 6, 6)).astype(np.float32)


@pytest.fixture
def network():
    torch.manual_seed(2)
    layers = nn.Sequential(nn.Conv2d(1, 8, 3), nn.Tanh(), nn.Flatten(), nn.Linear(128, 24), nn.Tanh(), nn.Linear(24, 4))
    for parameter in layers.parameters():
        parameter.data *= 2.0
    return layers.eval()


@pytest.fixture
def linear():
    """Logits = W pixels + b, W (4, 36)."""
    torch.manual_seed(5)
    return nn.Sequential(nn.Flatten(), nn.Linear(36, 4)).eval()


@pytest.fixture
def resnet():
    torch.manual_seed(1)
    arguments = {"channels": 1, "classes": 4, "widths": [4, 8]}
    return build("phiscope.models.classifier:small_resnet", arguments, {"mean": [0.5], "deviation": [0.3]}).eval()


@pytest.fixture
def brightness():
    """Class 1 where the first pixel is above 0.5, class 0 below; logits (0.5, x₀)."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    network[1].weight.data = torch.tensor([[0.0, 0, 0, 0], [1.0, 0, 0, 0]])
    network[1].bias.data = torch.tensor([0.5, 0.0])
    return network


@pytest.fixture
def first_pixels():
    """Images (n, 1, 2, 2) of 0.25, but for their first pixels, which are given."""

    def images(*first: float) -> np.ndarray:
        pixels = np.full((len(first), 1, 2, 2), 0.25, np.float32)
        pixels[:, 0, 0, 0] = first
        return pixels

    return images
