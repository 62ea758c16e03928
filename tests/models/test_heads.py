"""Networks that end in other ways than in a linear layer: what is affine is found, what is not is refused by name."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from phiscope.errors import ModelError
from phiscope.geometry import activations
from phiscope.models import split
from phiscope.models.classifier import Normalised

CLASSES, WIDTH = 3, 6


class Net(nn.Module):
    """A body with features of both signs or none negative, and a head that a function writes."""

    def __init__(self, head, relu=True):
        super().__init__()
        torch.manual_seed(3)
        self.conv = nn.Conv2d(3, WIDTH, 3, 2)
        self.fc, self.other = nn.Linear(WIDTH, CLASSES), nn.Linear(WIDTH, CLASSES)
        self.one = nn.Linear(WIDTH, 1)
        self.spread = nn.Conv2d(WIDTH, CLASSES, 1)
        self.bn = nn.BatchNorm1d(CLASSES)
        self.bn.running_mean.uniform_()
        self.w, self.square = nn.Parameter(torch.randn(WIDTH, CLASSES)), nn.Parameter(torch.randn(WIDTH, WIDTH))
        self.head, self.relu = head, relu

    def maps(self, x):
        y = self.conv(x)
        return functional.relu(y) if self.relu else y

    def tokens(self, x):
        return self.maps(x).permute(0, 2, 3, 1).reshape(-1, WIDTH)

    def body(self, x):
        return self.maps(x).mean((2, 3))

    def forward(self, x):
        return self.head(self, x)


@pytest.fixture
def images():
    torch.manual_seed(0)
    return torch.rand(40, 3, 9, 9)


AFFINE = {
    "scaled": lambda n, x: n.fc(n.body(x)) * 0.125,
    "prior": lambda n, x: n.fc(n.body(x)) + torch.tensor([0.5, 0.3, 0.2], dtype=x.dtype).log(),
    "tiny prior": lambda n, x: n.fc(n.body(x)) + torch.tensor([1e-3, 0, 0], dtype=x.dtype),
    "matmul": lambda n, x: n.body(x) @ n.w + 1,
    "weight first": lambda n, x: torch.einsum("fc,bf->bc", n.w, n.body(x)),
    "cosine": lambda n, x: 10 * functional.linear(functional.normalize(n.body(x)), functional.normalize(n.w.T)),
    "convolution before pooling": lambda n, x: n.spread(n.maps(x)).mean((2, 3)),
    "convolution after pooling": lambda n, x: n.spread(n.body(x)[..., None, None])[..., 0, 0],
    "averaged heads": lambda n, x: (n.fc(n.body(x)) + n.other(n.body(x))) / 2,
    "heads of one tensor": lambda n, x: (lambda f: (n.fc(f) + n.other(f)) / 2)(n.body(x)),
    "mirrored": lambda n, x: (n.fc(n.body(x)) + n.fc(n.body(x.flip(-1)))) / 2,
    "first token": lambda n, x: n.fc(n.maps(x).flatten(2).transpose(1, 2))[:, 0],
    "mean of tokens": lambda n, x: n.fc(n.maps(x).flatten(2).transpose(1, 2)).mean(1),
    "tokens in the batch": lambda n, x: n.fc(n.tokens(x)).reshape(len(x), -1, 3).mean(1),
    "batch norm after": lambda n, x: n.bn(n.fc(n.body(x))),
    "another head after": lambda n, x: (lambda f: (n.fc(f), n.other(f))[0])(n.body(x)),
    "features on the right": lambda n, x: (n.w.T @ n.body(x).T).T,
    "features on the right, as many as images": lambda n, x: (n.w.T @ n.body(x).mT).permute(1, 0) + 1,
    "einsum of classes first": lambda n, x: torch.einsum("fc,bf->cb", n.w, n.body(x)).T,
    "einsum of maps": lambda n, x: torch.einsum("bfij,fc->bc", n.maps(x), n.w) / 16,
    "einsum of two weights": lambda n, x: torch.einsum("bf,fg,gc->bc", n.body(x), n.square, n.w),
    "einsum of a list": lambda n, x: torch.einsum("bf,cf->bc", [n.body(x), n.w.T]),
    "vectors": lambda n, x: (n.w.T @ n.body(x)[..., None])[..., 0],
    "inner": lambda n, x: torch.inner(n.body(x), n.w.T),
    "elements and sum": lambda n, x: (n.body(x)[:, None] * n.w.T).sum(-1) + 0.5,
    "addmm": lambda n, x: torch.addmm(n.fc.bias, n.body(x), n.w),
    "images second": lambda n, x: n.fc(n.maps(x).flatten(2).permute(2, 0, 1)).mean(0),
    "images third": lambda n, x: (n.w.T @ n.maps(x).flatten(2).permute(2, 1, 0)).mean(0).T,
    "product over a norm": lambda n, x: (lambda f: f @ n.w / f.norm(dim=1, keepdim=True))(n.body(x)),
    "product over a square root": lambda n, x: (lambda f: 7 * (f @ n.w) / (f * f).sum(1, True).sqrt())(n.body(x)),
    "product over a norm not 0": lambda n, x: (lambda f: f @ n.w / (f.norm(dim=1, keepdim=True) + 1e-9))(n.body(x)),
    "cosine similarity": lambda n, x: 9 * functional.cosine_similarity(n.body(x)[:, None], n.w.T, dim=-1) - 1,
    "scaled softmax": lambda n, x: (n.fc(n.body(x)) / 3).softmax(-1),
}  # fmt: skip


@pytest.mark.parametrize("kind", AFFINE)
def test_an_affine_head_is_found_however_it_is_written(images, kind):
    network = Net(AFFINE[kind]).eval()
    found = split(network, images[:35])
    with torch.inference_mode():  # as features are extracted, in batches of another size
        features = torch.cat([found(part) for part in images.split(7)]).double()
    expected = network(images).detach().double()
    logits = found.logits(features)
    logits = logits.softmax(1) if "softmax" in kind else logits
    torch.testing.assert_close(logits, expected.reshape(40, -1), rtol=1e-5, atol=1e-6)
    again = split(network, images[:2], head=found.layer)  # as later jobs do
    torch.testing.assert_close(again.weight, found.weight, rtol=1e-6, atol=1e-7)
    torch.testing.assert_close(again(images).detach().double(), features, rtol=1e-5, atol=1e-6)
    x = images[:2].clone().requires_grad_()
    found(x).sum().backward()
    assert x.grad.abs().sum() > 0
    assert found.double()(images[:1].double()).dtype == torch.float64


@pytest.mark.parametrize("kind", ["features on the right", "images second", "cosine similarity"])
def test_as_many_images_as_features_are_not_taken_for_them(images, kind):
    network = Net(AFFINE[kind]).eval()
    found = split(network, images[:WIDTH])
    torch.testing.assert_close(found.logits(found(images[:WIDTH])).detach(), network(images[:WIDTH]).detach())


def test_a_head_is_the_same_at_all_images_however_few_fit_at_a_time(images, monkeypatch):
    cosine, mixed = Net(AFFINE["product over a norm"]), Net(AFFINE["scaled"])
    whole = [split(network, images) for network in (cosine, mixed)]
    monkeypatch.setattr(activations, "BATCH_BYTES", 1)
    for network, expected in zip((cosine, mixed), whole):
        found = split(network, images)
        torch.testing.assert_close(found.weight, expected.weight, rtol=1e-9, atol=1e-9)
        assert found.layer == expected.layer
    with torch.no_grad():
        images[-1] = 100 * images[-1]
    last = Net(lambda n, x: n.fc(n.body(x)) * (1 + (x.mean((1, 2, 3)) > 2)[:, None]))
    with pytest.raises(ModelError, match="derivatives differ from image to image"):
        split(last, images)


def test_the_rows_are_those_of_the_layer_times_what_comes_after(images):
    network = Net(AFFINE["batch norm after"]).eval()
    found = split(network, images)
    factor = (network.bn.weight / (network.bn.running_var + network.bn.eps).sqrt()).double()
    np.testing.assert_allclose(found.weight, (network.fc.weight.double().T * factor).detach(), rtol=1e-7)
    assert (found.layer, found.lower_bound) == ("fc", 0.0)
    assert split(Net(AFFINE["scaled"], relu=False), images).lower_bound is None
    assert split(Net(AFFINE["cosine"]), images).lower_bound == 0.0
    assert split(Net(AFFINE["cosine"], relu=False), images).lower_bound is None


NOT = {
    "relu": (lambda n, x: functional.relu(n.fc(n.body(x))), "after 'fc', .* comes relu"),
    "sigmoid": (lambda n, x: n.fc(n.body(x)).sigmoid(), "comes sigmoid"),
    "relu of maps": (lambda n, x: functional.relu(n.spread(n.maps(x))).mean((2, 3)), "after 'spread', .* comes relu"),
    "clamp far away": (lambda n, x: n.fc(n.body(x)).clamp(-100, 100), "comes clamp"),
    "no head": (lambda n, x: n.body(x)[:, :3], "after 'conv', .* comes relu"),
    "norm after": (lambda n, x: (lambda f: n.fc(f) / f.norm(dim=1, keepdim=True))(n.body(x)), "not affine"),
    "sum after": (lambda n, x: (lambda f: f @ n.w / f.sum(1, True))(n.body(x)), "derivatives differ"),
    "distances": (lambda n, x: -torch.cdist(n.body(x), n.w.T), "comes relu"),
    "clamp over a norm": (
        lambda n, x: (lambda f: (f @ n.w / f.norm(dim=1, keepdim=True)).clamp(min=-100))(n.body(x)),
        "comes .*then clamp",
    ),
    "product of two": (lambda n, x: n.fc(n.body(x)) * n.other(n.body(x)), "derivatives differ"),
    "around it": (lambda n, x: n.fc(n.body(x)) + x.mean((1, 2, 3))[:, None], "something else of the image is added"),
    "nothing": (lambda n, x: x.mean((2, 3)), "no linear layer"),
    "maps": (lambda n, x: n.spread(n.maps(x)), "one logit for each class"),
}


@pytest.mark.parametrize("kind", NOT)
def test_what_is_not_affine_is_refused_by_name(images, kind):
    head, words = NOT[kind]
    with pytest.raises(ModelError, match=words) as caught:
        split(Net(head), images)
    assert "\n" not in str(caught.value)


def test_a_named_layer_is_taken_where_all_after_it_is_affine(images):
    network = nn.Sequential(nn.Flatten(), nn.Linear(243, 8), nn.ReLU(), nn.Linear(8, 5), nn.Linear(5, 3))
    assert split(network, images).layer == "4"
    found = split(network, images, head="3")
    torch.testing.assert_close(found.logits(found(images)).detach(), network(images).detach(), rtol=1e-5, atol=1e-5)
    assert (found.weight.shape, found.lower_bound) == ((8, 3), 0.0)
    with pytest.raises(ModelError, match="after '1', .* comes relu"):
        split(network, images, head="1")


def test_the_layer_that_leads_to_the_logits_gives_its_name(images):
    assert split(Net(AFFINE["another head after"]), images).layer == "fc"
    scaled = Net(lambda n, x: (lambda f: (2 * n.fc(f), n.other(f))[0])(n.body(x)))
    assert split(scaled, images).layer == "fc"
    np.testing.assert_allclose(split(scaled, images).weight.T, 2 * scaled.fc.weight.detach(), rtol=1e-7)


def test_a_layer_is_named_as_the_factorys_network_names_it(images):
    inner = nn.Sequential(nn.Flatten(), nn.Linear(243, 5), nn.Linear(5, 3))
    for name in ("1", "network.1"):
        assert split(Normalised(inner, [0.0], [1.0]), images, head=name).layer == "network.1"


def test_one_output_for_two_classes(images):
    network = Normalised(Net(lambda n, x: n.one(n.body(x))), [0.5], [0.5]).eval()
    found = split(network, images)
    one = network.network((images - 0.5) / 0.5)[:, 0]
    assert found.weight.shape == (WIDTH, 2)
    assert torch.equal(found.logits(found(images)).argmax(1), (one > 0).long())
    np.testing.assert_allclose(found.weight[:, 1] - found.weight[:, 0], network.network.one.weight[0].detach())


def test_some_columns_of_a_larger_head_in_the_order_given(images):
    network = Normalised(nn.Sequential(nn.Flatten(), nn.Linear(243, 9)), [0.0], [1.0], columns=[7, 2])
    found = split(network, images)
    linear = network.network[1]
    np.testing.assert_allclose(found.weight, linear.weight[[7, 2]].detach().T, rtol=1e-7)
    np.testing.assert_allclose(found.bias, linear.bias[[7, 2]].detach(), atol=1e-7)
    network.columns = [9]
    with pytest.raises(ModelError, match="names column 9, the network has columns 0 to 8"):
        split(network, images)


class Answer:
    def __init__(self, logits):
        self.logits = logits


RETURNED = {
    "tuple": (lambda z, f: (z, f), None),
    "mapping": (lambda z, f: {"features": f, "logits": z}, None),
    "object": (lambda z, f: Answer(z), None),
    "key": (lambda z, f: {"aux": f, "out": z}, "out"),
    "position": (lambda z, f: (f, z), 1),
    "only tensor": (lambda z, f: {"out": z, "loss": None}, None),
}


@pytest.mark.parametrize("kind", RETURNED)
def test_logits_among_what_is_returned(images, kind):
    wrap, choice = RETURNED[kind]
    inner = Net(lambda n, x: (lambda f: wrap(n.fc(f), f))(n.body(x)))
    found = split(Normalised(inner, [0.0], [1.0], output=choice), images)
    np.testing.assert_array_equal(found.weight, inner.fc.weight.detach().double().T)


@pytest.mark.parametrize(
    ("wrap", "choice", "words"),
    [
        (lambda z: {"a": z, "b": z}, None, "dict with 'a' \\(40, 3\\), 'b' .*; name the logits .* classifier.output"),
        (lambda z: {"a": z, "b": z}, "c", "classifier.output: there is no tensor 'c'; .* dict with 'a'"),
        (lambda z: None, None, "returns NoneType"),
    ],
)
def test_says_what_is_returned_instead_of_logits(images, wrap, choice, words):
    inner = Net(lambda n, x: wrap(n.fc(n.body(x))))
    with pytest.raises(ModelError, match=words):
        split(Normalised(inner, [0.0], [1.0], output=choice), images)
