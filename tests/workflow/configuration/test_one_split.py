"""Vectors of one split, and training vectors without labels: what holds, and what is refused before any job."""

import json

import numpy as np
import pytest

from phiscope.errors import ConfigError
from phiscope.workflow.configuration import load, resolve
from phiscope.workflow.plan import Counts, Plan

HEAD = {"classifier": {"weights": {"path": "head.npz"}}}


@pytest.fixture
def vectors(tmp_path):
    """A configuration of a file that holds arrays of these names, six vectors or labels each."""

    def written(*names):
        values = {"x": np.eye(6, 3), "y": np.arange(6) % 2, "logits": np.eye(6, 2)}
        np.savez(tmp_path / "data.npz", **{name: values[name.partition("_")[0]] for name in names})
        return {"dataset": {"path": str(tmp_path / "data.npz"), "reader": "features"}}

    return written


def resolved(*layers):
    return resolve(layers, name="mine")


def test_the_split_that_is_there_alone_is_found_out(vectors):
    test = resolved(vectors("x_test"), HEAD)
    assert (test["dataset"]["only"], test["views"]["original"]["spaces"]) == ("test", [])
    train = resolved(vectors("x_train", "y_train"))
    assert (train["dataset"]["only"], train["views"]["original"]["spaces"]) == ("train", [])
    assert train["report"]["samples"] == []
    both = resolved(vectors("x_train", "y_train", "x_test"))
    assert (both["dataset"]["only"], both["views"]["original"]["spaces"]) == (None, ["feature"])
    held_out = resolved(vectors("x_train", "y_train"), {"dataset": {"options": {"test_share": 0.5}}})
    assert held_out["dataset"]["only"] is None


def test_null_finds_out_and_a_name_decides(vectors):
    assert resolved(vectors("x_test"), HEAD, {"dataset": {"only": None}})["dataset"]["only"] == "test"
    both = vectors("x_train", "y_train", "x_test")
    assert resolved(both, HEAD, {"dataset": {"only": "test"}})["views"]["original"]["spaces"] == []


def test_what_was_found_is_kept_where_the_data_are_gone(vectors, tmp_path, monkeypatch):
    given = vectors("x_test") | HEAD
    monkeypatch.chdir(tmp_path)
    (record := tmp_path / "results/mine/configuration.json").parent.mkdir(parents=True)
    record.write_text(json.dumps({"files": [], "configuration": resolved(given)}))
    (tmp_path / "data.npz").unlink()
    assert resolved(given)["dataset"]["only"] == "test"
    assert resolve([given], name="another")["dataset"]["only"] is None


def test_what_is_resolved_resolves_to_itself(vectors):
    once = resolved(vectors("x_test"), HEAD)
    assert resolved(once) == once


FOREIGN = {
    "datasets": {"other": {"path": "other.npz", "reader": "features"}},
    "views": {"other": {"kind": "original", "of": "dataset:other"}},
}


def test_views_of_other_vectors_have_the_hull_that_there_is(vectors):
    assert resolved(vectors("x_test"), HEAD, FOREIGN)["views"]["other"]["spaces"] == []
    assert "spaces" not in resolved(vectors("x_train", "y_train"), FOREIGN)["views"]["other"]


NOT_OF_TEST = {
    "hulls": (
        {"hulls": {"feature": {"samples": 5}}},
        r"config: hulls: there are no training vectors, whose hull it is",
    ),
    "spaces": (
        {"views": {"original": {"spaces": ["feature"]}}},
        r"config: views.original.spaces: there are no training",
    ),
    "hull_of": (
        {"views": {"original": {"hull_of": "original"}}},
        r"config: views.original.hull_of: there are no training",
    ),
    "fit": (
        {"classifier": {"head": "fit"}},
        r"config: classifier.head: there are no training vectors to fit a head to; g",
    ),
    "nothing": (
        {},
        r"config: classifier: there are no training vectors to fit a head to; give some with labels, or weig",
    ),
    "people": (
        {"dataset": {"human_labels": "h.npy"}},
        r"config: dataset.human_labels: people are compared with how far",
    ),
    "share": (
        {"dataset": {"only": "test", "options": {"test_share": 0.2}}},
        r"dataset.only: test: dataset.options.test_sh",
    ),
}


@pytest.mark.parametrize("case", NOT_OF_TEST)
def test_what_needs_training_vectors_is_refused_without(vectors, case):
    change, sentence = NOT_OF_TEST[case]
    head = {} if case in ("fit", "nothing") else HEAD
    with pytest.raises(ConfigError, match=sentence) as refused:
        resolved(vectors("x_test", "y_test"), head, change)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"views": {"original": {"spaces": ["feature"]}}}, r"config: views.original.spaces: there are no test vectors"),
        ({"report": {"samples": [3]}}, r"config: report.samples: there are no test vectors that could get a page"),
    ],
)
def test_what_needs_test_vectors_is_refused_without(vectors, change, sentence):
    with pytest.raises(ConfigError, match=sentence):
        resolved(vectors("x_train", "y_train"), change)


def test_a_head_is_fitted_to_labels(vectors):
    for change, where in (({"classifier": {"head": "fit"}}, "classifier.head"), ({}, "classifier")):
        with pytest.raises(
            ConfigError, match=rf"config: {where}: a head is fitted to labels, and the training vectors"
        ):
            resolved(vectors("x_train", "x_test", "y_test"), change)
    assert resolved(vectors("x_train", "x_test"), HEAD)["dataset"]["only"] is None
    assert resolved(vectors("x_train", "logits_train", "x_test"))["dataset"]["only"] is None
    assert resolved(vectors("x_test", "logits_test"))["dataset"]["only"] == "test"


def test_images_have_both_splits():
    with pytest.raises(ConfigError, match=r"config: dataset.only: got test; it is for vectors"):
        resolved({"dataset": {"path": "digits", "only": "test"}})


def plan_of(config, root, **counts):
    splits = Counts(counts, order=tuple(range(counts["test"])), shape=(3, 1, 1), classes=2, last_train=5)
    return Plan.of(config, splits, scripts=root / "scripts")


def test_the_plan_of_test_vectors_has_no_hull(vectors, root):
    plan = plan_of(resolved(vectors("x_test"), HEAD), root, train=0, test=6)
    assert plan.geometry.projecting().parts == []
    assert plan.chunks("features", "original", "train") == [
        "results/mine/chunks/features/original/train/0000000-0000000.parquet"
    ]
    assert {"distances", "slice", "class_margins", "balls"} <= set(plan.drawing.all)
    assert not {"plane", "accuracy", "support", "distances_by_view", "training_margins"} & set(plan.drawing.all)
    assert "There are test vectors alone" in plan.left_out[0]
    assert plan.views.scored == []
    foreign = plan_of(resolved(vectors("x_test"), HEAD, FOREIGN), root, train=0, test=6)
    assert foreign.views.scored == ["original", "other"]


def test_the_plan_of_training_vectors_asks_nothing_of_test_samples(vectors, root):
    plan = plan_of(resolved(vectors("x_train", "y_train")), root, train=6, test=0)
    assert {"training_margins", "class_margins", "balls"} <= set(plan.drawing.all)
    assert not {"plane", "distances", "accuracy", "support", "slice"} & set(plan.drawing.all)
    assert plan.path("training_standing") in plan.outputs()
    assert plan.geometry.fitting().parts[1].inputs["images"] == "results/mine/data/train.safetensors"
    assert plan.views.scored == plan.geometry.detection == []


def test_runs_of_both_splits_are_prepared_as_they_were(vectors, root):
    """The key that says which split there is changes no fingerprint where both are there, or where there are images."""
    for config in (resolved({"dataset": {"path": "digits"}}), resolved(vectors("x_train", "y_train", "x_test"))):
        parameters = Plan.of(config, scripts=root / "scripts").parameters("prepare_dataset", split="train")
        assert "only" not in parameters["dataset"]
        assert "outputs" not in parameters


def test_a_file_is_enough(vectors, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("head.npz", weight=np.eye(3, 2), bias=np.zeros(2))
    vectors("x_test")
    (tmp_path / "mine.yaml").write_text(
        "dataset: {path: data.npz, reader: features}\nclassifier: {weights: {path: head.npz}}\n"
    )
    assert load([tmp_path / "mine.yaml"])["dataset"]["only"] == "test"
