"""Factories in files beside the configuration, and what scripts do with a person's own network and weights."""

import json
import runpy
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from phiscope.arrays import unit_range
from phiscope.datasets.prepared import save_arrays
from phiscope.errors import ModelError
from phiscope.experiments.models.answers import Answers
from phiscope.factories import FOLDERS, content_of, function_of, look_beside
from phiscope.head import Head
from phiscope.models import build, load_artifact, save_artifact, split
from phiscope.workflow.configuration import read, resolve
from phiscope.workflow.configuration.layers import overlaid
from phiscope.workflow.plan import Plan

OWN = """
from torch import nn
from {helper} import FEATURES

class Net(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, FEATURES, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.fc = nn.Linear(FEATURES, outputs)
        self.alias = self.fc

    def forward(self, x):
        features = self.body(x)
        return features, 3 * self.fc(features)

def build(outputs=7):
    return Net(outputs)

def lazy():
    return nn.Sequential(nn.Flatten(), nn.LazyLinear(4))

def itself():
    return Net
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a configuration, a file of networks and what that imports, none of which is installed."""
    helper = f"helper_of_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{helper}.py").write_text("FEATURES = 5\n")
    (tmp_path / "my-networks.py").write_text(OWN.format(helper=helper))
    (tmp_path / f"module_{helper}.py").write_text(OWN.format(helper=helper))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv(FOLDERS, raising=False)
    monkeypatch.setenv(FOLDERS, "")
    look_beside([tmp_path / "mine.yaml"])
    return tmp_path


@pytest.mark.parametrize("kind", ["file", "absolute", "module"])
def test_a_factory_beside_the_configuration_is_found(folder, kind):
    module = next(folder.glob("module_*.py")).stem
    factory = {"file": "my-networks.py", "absolute": str(folder / "my-networks.py"), "module": module}[kind] + ":build"
    assert build(factory, {"outputs": 4}, None).network.fc.weight.shape == (4, 5)


def test_a_file_is_told_from_itself_after_a_change(folder):
    before = content_of("my-networks.py:build")
    text = (folder / "my-networks.py").read_text()
    (folder / "my-networks.py").write_text(text + "\n# more\n")
    assert before == content_of("my-networks.py:build"), "a comment changes nothing"
    (folder / "my-networks.py").write_text(text + "\nimport siblings\n")
    other = content_of("my-networks.py:build")
    assert before != other
    (folder / "siblings.py").write_text("from more import x\n")
    (folder / "more.py").write_text("x = 1\n")
    imported = content_of("my-networks.py:build")
    assert imported != other
    (folder / "more.py").write_text("x = 2\n")
    assert imported != content_of("my-networks.py:build"), "what is imported from beside it counts"
    assert content_of("phiscope.models.classifier:small_resnet") is None
    assert content_of("torch.nn.functional:relu")
    assert content_of("phiscope.models.classifier:small_resnet") is None


@pytest.mark.parametrize(
    ("factory", "words"),
    [
        ("absent.py:build", "there is no file absent.py in .*; expected .* `file.py:function`"),
        ("my-networks.py:other", "AttributeError: .*other"),
        ("my-networks.py:itself", "returned the class Net itself; return Net\\(\\)"),
        ("broken.py:build", "SyntaxError"),
    ],
)
def test_one_sentence_says_why_there_is_no_factory(folder, factory, words):
    (folder / "broken.py").write_text("def build(:\n")
    with pytest.raises(ModelError, match=words):
        build(factory, {}, None)


def test_a_module_that_misses_another_blames_that(folder):
    (folder / "needy_factory.py").write_text("import nowhere_to_be_found\n")
    with pytest.raises(ImportError, match="nowhere_to_be_found"):
        function_of("needy_factory:build")


def test_an_own_factory_gets_its_own_arguments_only():
    default = {"factory": "a:b", "arguments": {"channels": 1}, "normalise": {"mean": [0.3]}, "head": None}
    defaults, own = {"classifier": default}, {"factory": "c:d", "arguments": {"depth": 3}}
    assert overlaid(defaults, {"classifier": own})["classifier"] == own
    assert overlaid({"network": {"factory": "a:b"}}, {"network": own})["network"] == own
    assert overlaid(defaults, {"classifier": {"factory": "c:d"}})["classifier"] == {"factory": "c:d"}
    same = overlaid(defaults, {"classifier": {"arguments": {"depth": 3}}})["classifier"]["arguments"]
    assert same == {"channels": 1, "depth": 3}


@pytest.fixture
def images(tmp_path):
    drawn = np.random.default_rng(0).integers(0, 256, (40, 1, 6, 6), dtype=np.uint8)
    save_arrays(drawn, np.arange(40) % 2, np.arange(40), ["cat", "dog"], tmp_path / "test.safetensors")
    return drawn


def scripts(root, name):
    return runpy.run_path(str(root / f"scripts/models/{name}.py"))


def split_classifier(root, folder, classifier, head):
    images = folder / "test.safetensors"
    given = SimpleNamespace(classifier=classifier, images=images, training=images)
    scripts(root, "split_classifier")["split_classifier"](given, None, "detect", 0, "cpu", head)


def test_scripts_load_and_split_what_the_configuration_describes(root, folder, images):
    torch.manual_seed(0)
    state = {
        f"module.{key}": value for key, value in build("my-networks.py:build", {}, None).network.state_dict().items()
    }
    torch.save({"net": state, "epoch": 1}, folder / "w.pt")
    own = {"factory": "my-networks.py:build", "output": 1, "columns": [6, 2], "arguments": {"outputs": 7}}
    weights = {"path": str(folder / "w.pt"), "prefix": "module."}
    classifier = own | {"normalise": "none", "weights": weights}
    config = resolve([{"dataset": {"path": "digits"}, "classifier": classifier}], name="own")
    given = Plan.of(config, scripts=root / "scripts").parameters("load_classifier")
    assert given["content"] == content_of(own["factory"])
    kept, head = str(folder / "classifier.safetensors"), str(folder / "head.safetensors")
    scripts(root, "load_classifier")["load"](given["classifier"], given["where"], kept)
    split_classifier(root, folder, kept, head)
    found, (network, _) = Head.load(head), load_artifact(kept)
    np.testing.assert_allclose(found.weight.T, 3 * state["module.fc.weight"][[6, 2]], rtol=1e-6)
    assert (found.layer, found.lower_bound) == ("network.fc", 0.0)
    assert 0 < found.noise.images <= 2 * len(images)
    pixels = torch.from_numpy(unit_range(images))
    features = network.network.body(pixels).detach().numpy()
    np.testing.assert_allclose(found.logits(features), network(pixels).detach(), rtol=1e-4, atol=1e-5)


def test_the_plan_of_a_network_of_ours_is_as_it_was(root):
    config = resolve([read(root / "config.yaml")])
    given = Plan.of(config, scripts=root / "scripts").parameters("train_classifier")
    assert set(given) >= {"classifier", "options", "limit", "seed"}
    assert set(given["classifier"]) == {"factory", "arguments", "normalise"}
    assert not {"content", "head"} & set(given)


def test_another_number_of_classes_is_said(root, folder, images):
    description = {"factory": "my-networks.py:build", "arguments": {}, "normalise": None, "output": 1}
    save_artifact(build(**description), description, kept := folder / "classifier.safetensors")
    with pytest.raises(ModelError, match="tells 7 classes apart .* data set has 2; .* outputs with classifier.columns"):
        split_classifier(root, folder, kept, "never")


def test_weights_that_share_memory_are_kept_and_lazy_ones_read(folder):
    description = {"factory": "my-networks.py:build", "arguments": {}, "normalise": None, "output": 1}
    network = build(**description)
    save_artifact(network, description, folder / "n.safetensors")
    again, _ = load_artifact(folder / "n.safetensors")
    assert again.network.alias.weight is again.network.fc.weight
    assert torch.equal(again.network.fc.weight, network.network.fc.weight)
    lazy = {"factory": "my-networks.py:lazy", "arguments": {}, "normalise": None}
    network = build(**lazy)
    x = torch.rand(3, 1, 6, 6)
    network(x)
    save_artifact(network, lazy, folder / "l.safetensors")
    assert torch.equal(load_artifact(folder / "l.safetensors")[0](x), network(x))


@pytest.mark.parametrize("wrap", ["torch.jit.script", "nn.DataParallel", "torch.compile"])
def test_wrappers_are_taken_off(folder, wrap):
    text = f"return {wrap}(nn.Sequential(nn.Flatten(), nn.Linear(36, 2)))"
    (folder / "wrapped.py").write_text(f"import torch\nfrom torch import nn\ndef build():\n    {text}\n")
    network = build("wrapped.py:build", {}, None).network
    assert type(network) is torch.nn.Sequential
    assert torch.jit._state._enabled.enabled


COMPILED = {
    "a part": "self.body = torch.compile(self.body)",
    "a part with options": "self.body = torch.compile(self.body, mode='reduce-overhead', fullgraph=True)",
    "the forward pass": "self.forward = torch.compile(self.forward)",
    "in place": "self.body.compile()",
    "nothing": "pass",
}


@pytest.mark.parametrize("decorator", ["", "@torch.compile", "@torch.compile(dynamic=True)"])
@pytest.mark.parametrize("what", COMPILED)
def test_parts_that_are_compiled_run_as_they_are_written(folder, what, decorator):
    name = f"compiled_{abs(hash((what, decorator)))}"
    (folder / f"{name}.py").write_text(
        f"import torch\nfrom torch import nn\n{decorator}\ndef flat(x):\n    return x.flatten(1)\n"
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.body, self.fc = nn.Sequential(nn.Linear(36, 4), nn.ReLU()), nn.Linear(4, 2)\n"
        f"        {COMPILED[what]}\n    def forward(self, x):\n        return self.fc(self.body(flat(x)))\n"
    )
    compiler, images = torch.compile, torch.rand(40, 1, 6, 6)
    network = build(f"{name}.py:Net", {}, None)
    assert torch.compile is compiler
    assert "network.body.0.weight" in network.state_dict()
    assert split(network, images).layer == "network.fc"


def test_a_part_compiled_elsewhere_is_unwrapped(folder, monkeypatch):
    part = torch.compile(torch.nn.Linear(36, 4), backend="eager")
    monkeypatch.setitem(sys.modules, "made_before", made := ModuleType("made_before"))
    made.build = lambda: torch.nn.Sequential(torch.nn.Flatten(), part, torch.nn.ReLU(), torch.nn.Linear(4, 2))
    network = build("made_before:build", {}, None).network
    assert type(network[1]) is torch.nn.Linear


def test_a_class_and_its_methods_are_factories(folder):
    (folder / "classes.py").write_text(
        "from torch import nn\nclass Net(nn.Linear):\n    @classmethod\n    def of(cls, width):\n"
        "        return cls(width, 2)\n    class Inner(nn.Linear):\n        pass\n"
    )
    assert build("classes.py:Net", {"in_features": 3, "out_features": 2}, None).network.in_features == 3
    assert build("classes.py:Net.of", {"width": 5}, None).network.in_features == 5
    assert build("classes.py:Net.Inner", {"in_features": 4, "out_features": 2}, None).network.in_features == 4
    with pytest.raises(ModelError, match="AttributeError: .*other"):
        build("classes.py:Net.other", {}, None)


def test_a_factory_that_fails_is_said_in_one_sentence(folder):
    (folder / "failing.py").write_text("def build(depth):\n    raise ValueError(f'no depth {depth}\\nmore')\n")
    with pytest.raises(
        ModelError, match=r"classifier.factory: failing.py:build fails with .* \(ValueError: no depth 3\)"
    ):
        build("failing.py:build", {"depth": 3}, None, where="classifier.factory")


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        ("return self.fc(x.flatten(1)) + torch.rand(1)", "draws random numbers in evaluation"),
        ("return self.fc(x.flatten(1)).relu()", "after 'network.fc', .* comes relu"),
        ("return self.fc(x.flatten(1))[:, :1].repeat(1, 3)", "tells 3 classes apart .* data set has 2"),
    ],
)
def test_a_network_is_refused_before_it_is_trained(root, folder, images, forward, words):
    class Training:
        begin = staticmethod(lambda: torch.manual_seed(0))
        arguments = staticmethod(lambda: pytest.fail("the training has begun"))

    (folder / f"unfit_{abs(hash(forward))}.py").write_text(
        "import torch\nfrom torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n"
        f"        self.fc = nn.Linear(36, 2)\n    def forward(self, x):\n        {forward}\n"
    )
    description = {"factory": f"unfit_{abs(hash(forward))}.py:Net", "arguments": {}, "normalise": None}
    with pytest.raises(ModelError, match=words):
        scripts(root, "train_classifier")["train_classifier"](
            str(folder / "test.safetensors"), description, None, None, None, Training
        )


def test_weights_that_a_factory_gives_are_taken_as_they_are(root, folder, images):
    own = {"factory": "my-networks.py:build", "output": 1, "normalise": "none", "weights": "factory"}
    config = resolve([{"dataset": {"path": "digits"}, "classifier": own}], name="own")
    plan = Plan.of(config, scripts=root / "scripts")
    assert not plan.geometry.is_trained
    given = plan.parameters("load_classifier")
    torch.manual_seed(0)
    scripts(root, "load_classifier")["load"](
        given["classifier"], given["where"], str(folder / "classifier.safetensors")
    )
    torch.manual_seed(0)
    expected = build("my-networks.py:build", {}, None, output=1).network.state_dict()
    kept = load_artifact(folder / "classifier.safetensors")[0].network.state_dict()
    assert all(torch.equal(kept[key], value) for key, value in expected.items())


@pytest.mark.parametrize(
    ("right", "n", "classes", "learnt"),
    [(90, 100, 10, True), (30, 100, 10, False), (95, 100, 2, False), (12, 500, 1000, False)],
)
def test_answers_that_no_untrained_network_gives(right, n, classes, learnt):
    labels = np.arange(n) % classes
    predicted = np.where(np.arange(n) < right, labels, (labels + 1) % classes)
    assert Answers(labels, predicted, classes).are_learnt == learnt


def test_other_weights_in_the_same_place_are_other_parameters(root, folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "w.pt").write_bytes(b"one")
    weights = {"path": str(folder / "w.pt")}
    own = {"factory": "my-networks.py:build", "normalise": "none", "weights": weights}
    plan = Plan.of(resolve([{"dataset": {"path": "digits"}, "classifier": own}], name="own"), scripts=root / "scripts")
    before = plan.parameters("load_classifier")
    (folder / "w.pt").write_bytes(b"two")
    after = plan.parameters("load_classifier")
    assert before["content_of_weights"] != after["content_of_weights"]
    (folder / "w.pt").unlink()
    assert plan.parameters("load_classifier")["content_of_weights"] is None
    description = folder / plan.path("classifier_description")
    description.parent.mkdir(parents=True)
    description.write_text(json.dumps({"content_of_weights": after["content_of_weights"]}))
    assert plan.parameters("load_classifier") == after, "a run that was copied without its weights has nothing to do"
