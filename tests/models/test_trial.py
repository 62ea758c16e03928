"""Networks that fail on the images, or whose logits of an image are not its own."""

import re

import pytest
import torch
from torch import nn
from torch.nn import functional

from phiscope.attacks import deepfool
from phiscope.errors import ModelError
from phiscope.models.classifier import Normalised, small_resnet
from phiscope.models.feature_map import checked
from phiscope.models.trial import left_in_training, require_runs, require_steady


class Net(nn.Module):
    def __init__(self, between=lambda f: f, norm=None, stubborn=False):
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.fc = nn.Conv2d(3, 8, 3, 2), nn.Linear(8, 3)
        self.norm, self.between, self.stubborn = norm or nn.Identity(), between, stubborn

    def train(self, mode=True):
        return super().train(mode or self.stubborn)

    def forward(self, x):
        return self.fc(self.between(functional.relu(self.norm(self.conv(x))).mean((2, 3))))


@pytest.fixture
def images():
    torch.manual_seed(1)
    return torch.rand(32, 3, 9, 9)


def sometimes(f):
    return f * 1.5 if torch.rand(()) < 0.5 else f


RANDOM = {
    "dropout": lambda f: functional.dropout(f, 0.5),
    "noise": lambda f: f + 0.1 * torch.randn(1),
    "random depth of a batch": sometimes,
    "random depth of an image": lambda f: f * (1 + (torch.rand(len(f), 1) < 0.5)),
}


@pytest.mark.parametrize("kind", RANDOM)
def test_random_numbers_in_evaluation_are_refused(images, kind):
    with pytest.raises(ModelError, match="the same images get other logits .* by up to .* draws random numbers"):
        require_steady(Net(RANDOM[kind]), images)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (Net(norm=nn.BatchNorm2d(8), stubborn=True), "other images of its batch, .* taken in 'norm'"),
        (Net(norm=nn.BatchNorm2d(8, track_running_stats=False)), "statistics of the batch are taken in 'norm'"),
        (Net(lambda f: f - f.mean(0)), "something mixes images"),
        (Net(lambda f: f / 0), "logits that are not finite"),
    ],
)
def test_what_rests_on_the_batch_is_refused(images, network, words):
    with pytest.raises(ModelError, match=words):
        require_steady(network, images)


def test_says_how_little_others_differ_and_draws_nothing(images):
    network, state = Net(norm=nn.BatchNorm2d(8)), torch.get_rng_state()
    said = require_steady(network, images)
    assert float(re.search(r"at most (\S+) of their spread", said)[1]) < 1e-5
    assert torch.equal(torch.get_rng_state(), state)
    little = require_steady(Net(lambda f: f + 1e-6 * torch.randn(1)), images)
    assert 1e-7 < float(re.search(r"at most (\S+) of their spread", little)[1]) < 1e-3


class WantsLabels(nn.Module):
    def forward(self, x, labels):
        return x


class Broken(nn.Module):
    def forward(self, x):
        raise ValueError("no such thing\nsecond line")


def dense(size):
    return nn.Sequential(nn.Flatten(), nn.Linear(size, 4))


@pytest.mark.parametrize(
    ("network", "normalise", "words"),
    [
        (small_resnet(channels=1), 1, "images are 3x9x9, the network wants 1 channel and gets 3"),
        (nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(5, 4, 1)), 1, "layer 'network.1' of the network wants 5 channels"),
        (dense(147), 1, "images are 3x9x9, .* 'network.1' .* gets 243 numbers and wants 147: .* another size"),
        (dense(243), 2, "classifier.normalise.mean has 2 numbers, the images are 3x9x9; .* each of 3 channels"),
        (WantsLabels(), 1, "WantsLabels\\) wants `labels` beside the images"),
        (nn.Sequential(Broken()), 1, "images are 3x9x9, and the network fails in 'network.0' .*: no such thing$"),
    ],
)  # fmt: skip
def test_says_why_a_network_cannot_run(images, network, normalise, words):
    whole = Normalised(network, [0.5] * normalise, [0.5] * normalise)
    with pytest.raises(ModelError, match=words) as caught:
        require_runs(whole, images)
    assert "\n" not in str(caught.value)
    assert whole.training


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_networks_of_other_kinds_of_numbers(images, kind, monkeypatch):
    import sys
    from types import ModuleType

    from phiscope.models import build, split

    module = ModuleType("networks_of_kinds")
    module.make = lambda: Net().to(kind)
    monkeypatch.setitem(sys.modules, "networks_of_kinds", module)
    network = build("networks_of_kinds:make", {}, None)
    found = split(network, images)
    assert found(images).dtype == network(images).dtype == torch.float32
    assert torch.equal(found.weight, Net().to(kind).fc.weight.detach().double().T)
    torch.testing.assert_close(found.logits(found(images)), network(images))


class DropPath(nn.Identity):
    pass


def test_which_layers_a_factory_left_in_training_mode():
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Sequential(nn.ReLU(), nn.Dropout()), DropPath())
    assert left_in_training(network) == ["1", "2.1", "3"]
    network[2].eval()
    assert left_in_training(network) == ["1", "3"]
    assert left_in_training(network.eval()) == []
    assert left_in_training(nn.Linear(2, 2)) == []  # computes the same in both modes


class WithoutGradient(Net):
    def __init__(self, how, clamp=False):
        super().__init__()
        self.how, self.clamp = how, clamp

    def forward(self, x):
        if self.how == "detached":
            logits = self.fc(functional.relu(self.conv(x)).mean((2, 3)).detach())
        else:
            with torch.no_grad():
                features = functional.relu(self.conv(x)).mean((2, 3))
            logits = self.fc(features)
        return logits.clamp(-100, 100) if self.clamp else logits


@pytest.mark.parametrize("how", ["detached", "no_grad"])
def test_features_without_a_gradient_are_said_and_cannot_be_attacked(images, capsys, how):
    found = checked(WithoutGradient(how), images, 3)
    assert "attacks and inversions will fail: the logits have no gradient by the images" in capsys.readouterr().out
    assert found.layer == "fc"
    with pytest.raises(ModelError, match=r"no gradient by the images: .* torch.no_grad"):
        deepfool(found.network, images.numpy())
    with pytest.raises(ModelError, match="no gradient by the images"):
        checked(WithoutGradient(how, clamp=True), images, 3)
    checked(Net(), images, 3)
    assert "will fail" not in capsys.readouterr().out
