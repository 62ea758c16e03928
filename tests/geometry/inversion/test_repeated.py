"""Rows of a Jacobian as a batch: those of a backward pass each, where the map is one that it suits."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from phiscope.geometry.inversion import operations, relaxed, repeated
from phiscope.models.classifier import Normalised, small_resnet
from phiscope.models.feature_map import split


@pytest.fixture(autouse=True)
def small_networks_too(monkeypatch):
    monkeypatch.setattr(repeated, "_LARGE", 0)


class Plain(nn.Module):
    """Biases, groups, a batch norm that follows no convolution, additions in place, a branch used twice."""

    def __init__(self):
        super().__init__()
        self.first, self.norm = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.grouped, self.strided = nn.Conv2d(8, 8, 3, padding=1, groups=2), nn.Conv2d(8, 12, 3, stride=2, dilation=2)
        self.pool, self.relu = nn.MaxPool2d(3, 2, 1), nn.ReLU(inplace=True)

    def forward(self, x):
        x = self.relu(self.norm(self.relu(self.first(x))))
        y = self.grouped(x)
        y += x
        x = self.pool(functional.relu(y) + functional.relu(self.norm(y)))
        return functional.relu(self.strided(functional.pad(x, (1, 2, 0, 1)))).mean(dim=(2, 3))


def with_statistics(network):
    """Running means and variances as if trained."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return network.eval()


def networks():
    torch.manual_seed(1)
    ours = Normalised(with_statistics(small_resnet(3, 5, (8, 40))), (0.5, 0.4, 0.3), (0.2, 0.3, 0.2)).eval()
    return {"plain": with_statistics(Plain()), "resnet": split(ours, torch.rand(2, 3, 16, 16))}


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("name", ["plain", "resnet"])
def test_rows_are_those_of_a_backward_pass_each(name, kind, monkeypatch):
    monkeypatch.setattr(repeated, "native_kind", lambda: kind)
    network, softness = networks()[name], torch.tensor([0.0, 0.1])
    images = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    assert repeated.suits(network, images[:1])
    expected = relaxed.jacobian(network, images, softness)[:, :36]
    rows = repeated.jacobian(network, images, softness, 36)
    assert rows.shape == expected.shape
    error = (rows - expected).flatten(1).norm(dim=1) / expected.flatten(1).norm(dim=1)
    assert error.max() < (1e-5 if kind == torch.float32 else 0.02)


def test_what_it_does_not_suit_is_left_to_autograd():
    image = torch.rand(1, 3, 8, 8)
    token = nn.Sequential(nn.Conv2d(3, 16, 4, 4), nn.Flatten(2), nn.TransformerEncoderLayer(4, 1, 8, batch_first=True))
    assert not repeated.suits(nn.Sequential(nn.Flatten(), nn.Linear(192, 40), nn.ReLU()), image)
    assert not repeated.suits(nn.Sequential(token.eval(), nn.Flatten()), image)
    assert not repeated.suits(lambda x: x.flatten(1) @ torch.eye(192).to(x), image)
    smooth = nn.Sequential(nn.Conv2d(3, 8, 1), nn.GELU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    assert not repeated.suits(smooth, image), "half of its numbers are computed elsewhere"
    one = nn.Sequential(nn.Conv2d(3, 1, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    assert not repeated.suits(one, image), "a single feature is one row"


def test_a_wrong_row_is_noticed(monkeypatch):
    network, image = networks()["plain"], torch.rand(1, 3, 16, 16)
    rectify = operations.KNOWN[functional.relu]
    monkeypatch.setitem(operations.KNOWN, functional.relu, lambda batch, x, *rest, **more: rectify(batch, 1.1 * x))
    assert not repeated.suits(network, image)
