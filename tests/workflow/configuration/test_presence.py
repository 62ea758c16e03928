"""What a configuration names is looked for before any job."""

import re

import pytest

from phiscope.errors import ConfigError
from phiscope.workflow.configuration import load

NETWORKS = """
import torch
from somewhere_else import helper

def build(depth=20):
    raise RuntimeError("not to be run")

other = build
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Beside the configuration: networks, weights, a package; and nothing of other tests in the environment."""
    monkeypatch.setenv("PHISCOPE_FACTORIES", "")
    monkeypatch.setenv("HERE", str(tmp_path))
    monkeypatch.delenv("NOWHERE", raising=False)
    (tmp_path / "networks.py").write_text(NETWORKS)
    (tmp_path / "w.pt").write_bytes(b"")
    (tmp_path / "my_package").mkdir()
    (tmp_path / "my_package/__init__.py").write_text("raise RuntimeError('not to be run')\n")
    (tmp_path / "my_package/models.py").write_text("def build(): ...\n")
    (tmp_path / "my_package/stars.py").write_text("from elsewhere import *\n")
    return tmp_path


def loaded(folder, text):
    (folder / "run.yaml").write_text(text if text.startswith("dataset:") else "dataset: {path: digits}\n" + text)
    return load([folder / "run.yaml"])


@pytest.mark.parametrize(
    "text",
    [
        "classifier: {factory: 'networks.py:build'}",
        "classifier: {factory: 'networks.py:other'}",
        "classifier: {factory: 'networks.py:helper'}",
        "classifier: {factory: 'networks:build'}",
        "classifier: {factory: '$HERE/networks.py:build'}",
        "classifier: {factory: 'my_package.models:build'}",
        "classifier: {factory: 'my_package.stars:anything'}",
        "classifier: {factory: 'phiscope.models.classifier:resnet20'}",
        "classifier: {factory: 'torch.nn:Flatten'}",
        "classifier: {weights: {path: $HERE/w.pt}, normalise: none}",
        "dataset: {path: anything, reader: 'my_package.models:build'}",
        f"dataset: {{path: absent, url: 'https://example.org/a', checksum: 'sha256:{64 * '0'}'}}",
        "latent: {enabled: false, gan: {weights: {path: absent.pt}}}",
    ],
)
def test_what_is_there(folder, text):
    loaded(folder, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dataset: {path: absent}", "dataset.path: there is no .*absent; expected a file or folder with data"),
        (
            "dataset: {path: $NOWHERE/a}",
            "dataset.path: got '[$]NOWHERE/a', but the environment has no variable NOWHERE",
        ),
        ("dataset: {path: '${NOWHERE}/a'}", "the environment has no variable NOWHERE; set it"),
        ("datasets: {far: {path: absent}}", "datasets.far.path: there is no"),
        (
            "classifier: {weights: {path: absent.pt}, normalise: none}",
            "classifier.weights.path: there is no .*absent.pt",
        ),
        ("classifier: {factory: 'absent.py:build'}", "classifier.factory: there is no file absent.py in"),
        ("classifier: {factory: 'networks.py:biuld'}", "classifier.factory: .*networks.py has no 'biuld'"),
        ("classifier: {factory: 'networks:biuld'}", "has no 'biuld'"),
        ("classifier: {factory: 'my_package.models:biuld'}", "models.py has no 'biuld'.* did you mean 'build'"),
        ("classifier: {factory: 'my_package.absent:build'}", "there is no module 'my_package.absent'"),
        ("classifier: {factory: 'no_such_package.a:b'}", "there is no module 'no_such_package', installed or beside"),
        ("classifier: {factory: 'phiscope.models.classifier:resnet21'}", "has no 'resnet21'"),
        ("dataset: {path: digits, options: {transform: 'nowhere_at_all:f'}}", "dataset.options.transform: there is no"),
        ("dataset: {path: a, reader: 'my_package.models:raed'}", "dataset.reader: .* has no 'raed'"),
        ("dataset: {path: digits, human_labels: absent.npy}", "dataset.human_labels: there is no"),
        ("denoising: {enabled: true, images: absent}", "denoising.images: there is no"),
        ("denoising: {enabled: true, bench: {sets: {mine: absent}}}", "denoising.bench.sets.mine: there is no"),
        ("denoising: {enabled: true, folder: {path: absent, method: tv}}", "denoising.folder.path: there is no"),
        ("denoising: {enabled: true, network: {weights: {path: absent}}}", "denoising.network.weights.path: there is"),
        (
            "denoising: {enabled: true, network: {factory: 'nowhere_at_all:f'}}",
            "denoising.network.factory: there is no",
        ),
        ("latent: {enabled: true, gan: {weights: {path: absent}}}", "latent.gan.weights.path: there is no"),
        (
            "latent: {enabled: true, settings: {faithful: {weights: {path: absent}}}}",
            "latent.settings.faithful.weights",
        ),
        (
            "implicit: {enabled: true, images: [{from: folder, path: absent, count: 1}]}",
            "implicit.images.0.path: there",
        ),
        ("views: {a: {kind: inpaint, mask: absent.png}}", "views.a.mask: there is no"),
        ("inversions: {edits: [{sample: 0, mask: absent.png}]}", "inversions.edits.0.mask: there is no"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(folder, text, words):
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text)
    assert re.search(words, str(caught.value)), str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_a_run_has_made_of_it_need_not_be_there(folder, monkeypatch):
    """Such as where results were copied; another path than the run was started with is looked for."""
    monkeypatch.chdir(folder)
    made = folder / "results/run"
    (made / "data").mkdir(parents=True)
    (made / "data/test.safetensors").write_bytes(b"")
    with pytest.raises(ConfigError, match="dataset.path: there is no"):
        loaded(folder, "dataset: {path: gone}")
    (made / "configuration.json").write_text('{"configuration": {"dataset": {"path": "gone"}}}')
    loaded(folder, "dataset: {path: gone}")
    with pytest.raises(ConfigError, match="dataset.path: there is no .*elsewhere"):
        loaded(folder, "dataset: {path: elsewhere}")
