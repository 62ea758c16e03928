import numpy as np
import pytest
import torch
from torch import nn

from phiscope.errors import ModelError
from phiscope.models import split
from phiscope.models.classifier import Normalised, small_resnet


class Odd(nn.Module):
    """Defines its head first and runs it last; ends in a softmax."""

    def __init__(self, activation: nn.Module):
        super().__init__()
        self.out = nn.Linear(6, 4)
        self.inner = nn.Linear(12, 6)
        self.activation = activation

    def forward(self, x):
        return self.out(self.activation(self.inner(x.flatten(1)))).softmax(1)


@pytest.fixture
def images():
    torch.manual_seed(0)
    return torch.rand(5, 3, 2, 2)


@pytest.mark.parametrize(
    ("activation", "bound"),
    [(nn.ReLU(), 0.0), (nn.ReLU6(), 0.0), (nn.Sigmoid(), 0.0), (nn.Tanh(), None), (nn.Threshold(0.1, -2.0), None)],
)
def test_finds_the_layer_that_runs_last_and_the_bound_of_its_input(images, activation, bound):
    network = Odd(activation)
    feature_map = split(network, images)
    assert feature_map.layer == "out"
    assert feature_map.lower_bound == bound
    expected = network(images)
    np.testing.assert_allclose(
        feature_map.logits(feature_map(images)).softmax(1).detach(), expected.detach(), atol=1e-6
    )


def test_features_and_head_reproduce_a_residual_network():
    torch.manual_seed(0)
    network = Normalised(small_resnet(channels=1, classes=3, widths=(4, 8)), [0.5], [0.25]).eval()
    x = torch.rand(3, 1, 8, 8)
    feature_map = split(network, x)
    assert feature_map.weight.shape == (8, 3)
    assert feature_map.lower_bound == 0.0
    assert (feature_map(x) >= 0).all()
    np.testing.assert_allclose(feature_map.logits(feature_map(x)).detach(), network(x).detach(), atol=1e-5)


def test_is_differentiable_to_the_pixels():
    feature_map = split(small_resnet(channels=1, classes=3, widths=(4,)), torch.rand(2, 1, 8, 8))
    x = torch.rand(2, 1, 8, 8, requires_grad=True)
    feature_map(x).sum().backward()
    assert x.grad.abs().sum() > 0


def test_stops_at_any_named_layer():
    network = small_resnet(channels=1, classes=3, widths=(4, 8)).eval()
    x = torch.rand(2, 1, 8, 8)
    stopped = split(network, x, layer="layer1")
    expected = network.layer1(torch.relu(network.bn1(network.conv1(x)))).flatten(1)
    assert stopped.weight is None
    torch.testing.assert_close(stopped(x), expected)


def test_no_bound_where_a_negative_number_may_be_added(images):
    class Shifted(nn.Module):
        def __init__(self):
            super().__init__()
            self.shift = nn.Parameter(torch.zeros(12))
            self.head = nn.Linear(12, 2)

        def forward(self, x):
            return self.head(torch.relu(x.flatten(1)) + self.shift)

    assert split(Shifted(), images).lower_bound is None


@pytest.mark.parametrize(
    ("network", "options", "words"),
    [
        (nn.Flatten(), {}, "no linear layer and no convolution"),
        (nn.Sequential(nn.Flatten(), nn.Linear(12, 4), nn.Tanh()), {}, "after '1', the last product .*, comes tanh"),
        (nn.Linear(2, 4), {}, "returns \\(5, 3, 2, 4\\) for 5 images"),
        (
            nn.Sequential(nn.Flatten(), nn.Linear(12, 4)),
            {"head": "fc"},
            "no layer named 'fc' in the network; it has 0, 1",
        ),
        (nn.Sequential(nn.Flatten(), nn.Linear(12, 4)), {"layer": "stage"}, "no layer named 'stage'"),
        (nn.Sequential(nn.Flatten(), nn.Linear(12, 4)), {"head": "1", "layer": "0"}, "give one of them"),
    ],
)
def test_says_what_is_wrong(images, network, options, words):
    with pytest.raises(ModelError, match=words):
        split(network, images, **options)
