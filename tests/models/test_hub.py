"""Networks of other packages by configuration alone: from the factory's name and YAML to features."""

import json
import sys

import pytest
import torch
import yaml

from phiscope.errors import ModelError
from phiscope.features import extract
from phiscope.models import build, load_artifact, load_weights, save_artifact
from phiscope.models.feature_map import checked

SMALL = {
    "vit": "{image_size: 32, patch_size: 8, hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4, "
    "intermediate_size: 64}",
    "convnext": "{image_size: 32, hidden_sizes: [8, 16, 24, 32], depths: [1, 1, 2, 1]}",
    "resnet": "{embedding_size: 8, hidden_sizes: [16, 32, 48, 64], depths: [1, 1, 1, 1]}",
    "deit": "{image_size: 32, patch_size: 8, hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4, "
    "intermediate_size: 64}",
}
FACTORY = "phiscope.models.hub:transformers"


@pytest.fixture
def transformers():
    return pytest.importorskip("transformers", reason="the extra `transformers` is not installed")


@pytest.fixture
def images():
    torch.manual_seed(1)
    return torch.rand(32, 3, 32, 32)


def made(kind: str, **more):
    torch.manual_seed(0)
    arguments = {"architecture": kind, "num_labels": 5} | yaml.safe_load(SMALL[kind]) | more
    return build(FACTORY, arguments, {"mean": [0.5], "deviation": [0.5]}).eval(), arguments


@pytest.mark.parametrize("kind", SMALL)
def test_networks_of_transformers_run_from_their_name_to_features(transformers, images, capsys, kind):
    network, _ = made(kind)
    found = checked(network, images, 5)
    assert "`logits` is taken for the logits" in capsys.readouterr().out
    features = torch.from_numpy(extract(found, images.numpy()))
    with torch.no_grad():
        expected = network.network(2 * images - 1).logits
    torch.testing.assert_close(found.logits(features), expected, rtol=1e-4, atol=1e-5)
    assert (found.lower_bound == 0.0) == (kind == "resnet")


def test_a_folder_of_transformers_gives_network_and_weights(transformers, images, tmp_path):
    saved, _ = made("vit")
    saved.network.save_pretrained(tmp_path / "vit")
    network = build(FACTORY, {"config": str(tmp_path / "vit")}, None)
    load_weights(network.network, tmp_path / "vit")
    assert torch.equal(network.eval()(images), build_like(saved)(images))
    description = {"factory": FACTORY, "arguments": {"config": str(tmp_path / "vit")}, "normalise": None}
    save_artifact(network, description, tmp_path / "kept.safetensors")
    assert torch.equal(load_artifact(tmp_path / "kept.safetensors")[0](images), network(images))


def build_like(saved):
    network, _ = made("vit")
    network.load_state_dict(saved.state_dict())
    network.mean.zero_()
    network.deviation.fill_(1)
    return network


def test_weights_of_older_versions_are_converted(transformers, tmp_path):
    """As files of transformers 4 name them."""
    from safetensors.torch import load_file, save_file

    saved, _ = made("vit")
    saved.network.save_pretrained(tmp_path)
    state = load_file(tmp_path / "model.safetensors")
    if not any(".attention.attention.query." in key for key in state):
        pytest.skip("this version of transformers writes other names")
    save_file(state, tmp_path / "model.safetensors", metadata={"format": "pt"})
    network = build(FACTORY, {"config": str(tmp_path)}, None).network
    load_weights(network, tmp_path)
    assert all(torch.equal(network.state_dict()[key], value) for key, value in saved.network.state_dict().items())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "classifier.arguments: give either `architecture`, such as vit, or `config`"),
        ({"architecture": "vitt"}, "classifier.arguments.architecture: .* no classifier of images 'vitt'; .* vit"),
        (
            {"architecture": "vit", "num_classes": 3},
            "classifier.arguments: the config of vit has no field 'num_classes'",
        ),
        ({"config": "/nowhere"}, "classifier.arguments.config: there is no config.json in /nowhere"),
        ({"architecture": "bit", "embedding_size": 8, "hidden_sizes": [16, 32, 48, 64]}, "transformers refuses bit: "),
    ],
)
def test_what_transformers_cannot_build_is_said(transformers, arguments, words):
    with pytest.raises(ModelError, match=words) as caught:
        build(FACTORY, arguments, None, where="classifier.factory")
    assert "\n" not in str(caught.value)


def test_a_folder_with_other_weights_is_refused(transformers, tmp_path):
    saved, _ = made("vit")
    saved.network.save_pretrained(tmp_path)
    other, _ = made("vit", num_hidden_layers=3)
    with pytest.raises(
        ModelError, match="classifier.weights: .* lacks .* weights of the network, such as vit.layers.2"
    ):
        load_weights(other.network, tmp_path, where="classifier.weights")


def test_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ModelError, match=r"package transformers, which is not installed: pip install"):
        build(FACTORY, {"architecture": "vit"}, None)


# timm needs torchvision, of which PyPI has no build for the CPU build of torch: a stand-in with its calling convention.
TIMM = """
from torch import nn

def create_model(model_name, pretrained=False, pretrained_cfg=None, checkpoint_path=None, scriptable=None, **kwargs):
    if model_name != "resnet10t" or pretrained:
        raise RuntimeError(f"Unknown model ({model_name})")
    return Net(**{key: value for key, value in kwargs.items() if value is not None})

class Net(nn.Module):
    def __init__(self, num_classes=1000, in_chans=3, drop_rate=0.0):
        super().__init__()
        self.num_classes = num_classes
        self.conv1, self.act = nn.Conv2d(in_chans, 8, 3, 2), nn.ReLU(inplace=True)
        self.fc, self.head_drop = nn.Linear(8, num_classes), nn.Dropout(drop_rate)

    def forward_features(self, x):
        return self.act(self.conv1(x))

    def forward_head(self, x, pre_logits=False):
        x = self.head_drop(x.mean((2, 3)))
        return x if pre_logits else self.fc(x)

    def forward(self, x):
        return self.forward_head(self.forward_features(x))
"""


@pytest.fixture
def timm(tmp_path, monkeypatch):
    try:
        import timm
    except ImportError:
        (tmp_path / "timm.py").write_text(TIMM)
        monkeypatch.syspath_prepend(str(tmp_path))
        yield
        sys.modules.pop("timm", None)
    else:
        yield timm


def test_networks_of_timm_run_from_their_name_to_features(timm, images, tmp_path):
    arguments = yaml.safe_load("{model_name: resnet10t, pretrained: false, num_classes: 5, drop_rate: 0.2}")
    network = build("timm:create_model", arguments, None).eval()
    found = checked(network, images, 5)
    assert (found.layer, found.lower_bound) == ("network.fc", 0.0)
    save_artifact(
        network, {"factory": "timm:create_model", "arguments": arguments, "normalise": None}, tmp_path / "n.st"
    )
    assert json.loads((tmp_path / "n.json").read_text())["arguments"]["num_classes"] == 5
    assert torch.equal(load_artifact(tmp_path / "n.st")[0](images), network(images))
    with pytest.raises(ModelError, match=r"timm:create_model fails with .*: Unknown model \(resnet9\)"):
        build("timm:create_model", {"model_name": "resnet9"}, None)
