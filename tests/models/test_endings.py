"""Networks that end in probabilities: what flows into these is what attacks, features and margins see."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from phiscope.attacks import deepfool, pgd
from phiscope.errors import ModelError
from phiscope.models.classifier import Normalised
from phiscope.models.feature_map import checked


class Net(nn.Module):
    def __init__(self, ending, classes=3):
        super().__init__()
        torch.manual_seed(0)
        self.body = nn.Sequential(nn.Conv2d(3, 6, 3, 2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.fc, self.ending = nn.Linear(6, classes), ending

    def logits(self, x):
        return self.fc(self.body(x))

    def forward(self, x):
        return self.ending(self.logits(x))


@pytest.fixture
def images():
    torch.manual_seed(1)
    return torch.rand(32, 3, 9, 9)


UNDONE = {
    "softmax module": (nn.Softmax(dim=1), "softmax"),
    "softmax of the last dimension": (nn.Softmax(-1), "softmax"),
    "log softmax module": (nn.LogSoftmax(dim=1), "log_softmax"),
    "softmax function": (lambda z: functional.softmax(z, dim=1), "softmax"),
    "softmax method": (lambda z: z.softmax(-1), "softmax"),
    "log softmax function": (lambda z: torch.log_softmax(z, 1), "log_softmax"),
    "softmax in a sequence": (nn.Sequential(nn.Softmax(1)), "softmax"),
    "in a tuple": (lambda z: (z.softmax(1), z), "softmax"),
    "of maps of one pixel": (lambda z: z[..., None, None].softmax(1), "softmax"),
    "none": (nn.Identity(), ""),
}


@pytest.mark.parametrize("kind", UNDONE)
def test_what_flows_into_the_last_softmax_is_taken(images, capsys, kind):
    ending, name = UNDONE[kind]
    network = Normalised(Net(ending), [0.5], [0.5]).eval()
    plain = Normalised(Net(nn.Identity()), [0.5], [0.5]).eval()
    for _ in range(2):
        torch.testing.assert_close(network(images), plain(images), rtol=0, atol=0)
    found = checked(Normalised(Net(ending), [0.5], [0.5]), images, 3)  # as a factory leaves it, in training mode
    assert found.layer == "network.fc"
    assert ("the network ends in" in capsys.readouterr().out) == bool(name)
    assert network.ending == name
    torch.testing.assert_close(found.double().logits(found.double()(images.double())), plain(images).double())
    pixels = images[:4].numpy()
    options = {"norm": "linf", "epsilon": 0.1, "step": 0.02, "steps": 5, "stop": False}
    for attack in (deepfool, lambda network, x: pgd(network, x, **options)):
        np.testing.assert_array_equal(attack(network, pixels).images, attack(plain, pixels).images)


def test_some_networks_end_in_a_softmax_in_evaluation_only(images):
    class Sometimes(Net):
        def forward(self, x):
            return self.logits(x) if self.training else self.logits(x).softmax(1)

    network = Normalised(Sometimes(None), [0.0], [1.0])
    for mode in (True, False, True):
        torch.testing.assert_close(network.train(mode)(images), network.network.logits(images), rtol=0, atol=0)


def test_columns_are_those_of_the_logits(images):
    network = Normalised(Net(nn.Softmax(1), classes=5), [0.0], [1.0], columns=[4, 1])
    torch.testing.assert_close(network(images), network.network.logits(images)[:, [4, 1]], rtol=0, atol=0)
    assert checked(network, images, 2).weight.shape == (6, 2)


def test_a_sigmoid_of_one_number_is_undone_and_of_several_refused(images, capsys):
    network = Normalised(Net(nn.Sigmoid(), classes=1), [0.0], [1.0])
    torch.testing.assert_close(network(images)[:, 1:], network.network.logits(images), rtol=0, atol=0)
    assert checked(network, images, 2).weight.shape == (6, 2)
    assert "one number: of two classes, the second lies where the logit is positive; the network ends in a sigmoid" in (
        capsys.readouterr().out
    )
    with pytest.raises(ModelError, match="after 'network.fc', .* comes sigmoid"):
        checked(Normalised(Net(nn.Sigmoid()), [0.0], [1.0]), images, 3)


REFUSED = {
    "reshaped after": (lambda z: z.softmax(1).view(len(z), 3), "outputs of softmax: that comes after .* 'network.fc'"),
    "scaled after": (lambda z: 2 * z.softmax(1), "comes softmax"),
    "logarithm after": (lambda z: z.softmax(1).log(), "comes softmax, then log"),
    "in place of one's own": (lambda z: z.exp() / z.exp().sum(1, keepdim=True), "comes exp"),
    "over the images": (lambda z: z.softmax(0), "something mixes images"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_probabilities_otherwise_made_are_refused_by_name(images, kind):
    ending, words = REFUSED[kind]
    with pytest.raises(ModelError, match=words) as caught:
        checked(Normalised(Net(ending), [0.0], [1.0]), images, 3)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("decorated", [True, False])
def test_autocast_inside_has_no_effect(images, decorated):
    class Cast(Net):
        def forward(self, x):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                return self.logits(x)

    class Decorated(Net):
        @torch.autocast("cpu", dtype=torch.bfloat16)
        def forward(self, x):
            return self.logits(x)

    inner = (Decorated if decorated else Cast)(None)
    network = Normalised(inner, [0.0], [1.0])
    assert torch.equal(network(images), inner.logits(images))
    checked(network, images, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):  # outside, it is as before
        assert inner.logits(images).dtype == torch.bfloat16
