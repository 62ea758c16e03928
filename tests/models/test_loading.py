import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from phiscope.errors import ModelError
from phiscope.models import build, load_artifact, load_weights, save_artifact, split
from phiscope.models.classifier import small_resnet

FACTORY = "phiscope.models.classifier:small_resnet"
ARGUMENTS = {"channels": 1, "classes": 3, "widths": [4, 8]}


@pytest.fixture
def state():
    torch.manual_seed(1)
    return small_resnet(**ARGUMENTS).state_dict()


def same(network, state) -> bool:
    return all(torch.equal(value, state[key]) for key, value in network.state_dict().items())


def test_state_dict_with_a_prefix(tmp_path, state):
    torch.save({"state_dict": {f"module.{key}": value for key, value in state.items()}}, tmp_path / "w.th")
    network = small_resnet(**ARGUMENTS)
    load_weights(network, tmp_path / "w.th", prefix="module.")
    assert same(network, state)


def test_lightning_checkpoint_leaves_other_keys_alone(tmp_path, state):
    content = {f"network.{key}": value for key, value in state.items()} | {"loss.weight": torch.ones(3)}
    torch.save({"state_dict": content, "epoch": 3}, tmp_path / "last.ckpt")
    network = small_resnet(**ARGUMENTS)
    load_weights(network, tmp_path / "last.ckpt", prefix="network.")
    assert same(network, state)


def test_safetensors(tmp_path, state, monkeypatch):
    save_file(state, tmp_path / "w.safetensors")
    monkeypatch.setenv("WEIGHTS", str(tmp_path))
    network = small_resnet(**ARGUMENTS)
    load_weights(network, "$WEIGHTS/w.safetensors")
    assert same(network, state)


def test_artifact_round_trip(tmp_path):
    description = {"factory": FACTORY, "arguments": ARGUMENTS, "normalise": {"mean": [0.5], "deviation": [0.2]}}
    network = build(**description).eval()
    save_artifact(network, description, tmp_path / "classifier.safetensors")
    again, known = load_artifact(tmp_path / "classifier.safetensors")
    x = torch.rand(2, 1, 8, 8)
    torch.testing.assert_close(again(x), network(x), rtol=0, atol=0)
    assert known == description
    assert not list(tmp_path.glob("*.tmp"))


def test_an_artifact_outlives_the_defaults_of_its_factory(tmp_path, monkeypatch):
    few = {"classes": 3}
    network = build(FACTORY, few, None).eval()
    save_artifact(network, {"factory": FACTORY, "arguments": few, "normalise": None}, tmp_path / "w.safetensors")
    monkeypatch.setattr(small_resnet, "__defaults__", ((2, 2), 3, 4))
    again, _ = load_artifact(tmp_path / "w.safetensors")
    assert {key: value.shape for key, value in again.state_dict().items()} == {
        key: value.shape for key, value in network.state_dict().items()
    }


def bad_file(folder, kind, state):
    path = folder / "w.pt"
    if kind == "code":
        torch.save({"state_dict": state, "hook": pytest.raises}, path)
    elif kind == "shape":
        torch.save(state | {"linear.bias": torch.zeros(7)}, path)
    elif kind == "keys":
        torch.save({f"module.{key}": value for key, value in state.items()}, path)
    elif kind == "safetensors":
        (path := folder / "w.safetensors").write_bytes(b"not weights")
    elif kind == "text":
        path.write_text("not weights")
    elif kind == "number":
        torch.save({"state_dict": 3}, path)
    return path


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("absent", "there is no file"),
        ("code", "holds _pytest.raises.raises, which is not a tensor"),
        ("text", "not a file of tensors"),
        ("shape", "linear.bias has shape \\(7,\\), the network expects \\(3,\\)"),
        ("keys", "they do with `prefix: module.`: the file holds module.bn1.bias, "),
        ("number", "expected a dict of tensors"),
        ("safetensors", "no whole file of safetensors, of 11 bytes"),
    ],
)
def test_files_that_do_not_fit(tmp_path, state, kind, words):
    with pytest.raises(ModelError, match=words) as caught:
        load_weights(small_resnet(**ARGUMENTS), bad_file(tmp_path, kind, state), where="denoising.network.weights")
    message = str(caught.value)
    assert message.startswith("denoising.network.weights")
    assert message.count("w.pt" if kind != "safetensors" else "w.safetensors") == 1


@pytest.mark.parametrize(
    "factory", ["nowhere.at:all", "phiscope.models.classifier:resnet21", "phiscope.errors:PhiscopeError"]
)
def test_factories_that_are_none(factory):
    with pytest.raises(ModelError, match=f"^denoising.network.factory: .*{factory}"):
        build(factory, {}, None, where="denoising.network.factory")


def test_resnet20_as_published(real_data):
    """The published weights fit, and the head has the norm that was measured for them."""
    network = build(
        "phiscope.models.classifier:resnet20",
        {},
        {"mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225]},
    )
    weights = real_data.parent / "models/resnet20-12fca82f.th"
    if not weights.is_file():
        pytest.skip("the published ResNet-20 does not lie beside the data")
    load_weights(network.network, weights, prefix="module.")
    feature_map = split(network, torch.rand(2, 3, 32, 32))
    assert feature_map.weight.shape == (64, 10)
    assert np.linalg.norm(feature_map.weight.numpy(), 2) == pytest.approx(5.98, abs=0.005)
