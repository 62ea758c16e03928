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
