"""Heads of vectors: from files of all kinds, from logits, fitted."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from sklearn.linear_model import LogisticRegression

from phiscope.datasets.order import stratified_order
from phiscope.errors import DataError, ModelError
from phiscope.head import Head
from phiscope.models import build, split
from phiscope.models.head_files import Affine, outputs, read_head
from phiscope.models.vectors import description, from_logits
from phiscope.training.head import fit

F, N = 6, 3


@pytest.fixture
def head():
    random = np.random.default_rng(0)
    return Affine(random.normal(size=(F, N)), random.normal(size=N))


def as_tensors(head, *, beneath=""):
    return {
        f"{beneath}weight": torch.from_numpy(head.weight.T.copy()),
        f"{beneath}bias": torch.from_numpy(head.bias),
    }


def a_network(head):
    return {"body.weight": torch.zeros(F, 4), "body.bias": torch.zeros(F)} | as_tensors(head, beneath="fc.")


FILES = {
    "rows of features.npz": lambda head, path: np.savez(path, weight=head.weight, bias=head.bias),
    "rows of classes.npz": lambda head, path: np.savez(path, weight=head.weight.T, bias=head.bias),
    "of scikit-learn.npz": lambda head, path: np.savez(path, coef_=head.weight.T, intercept_=head.bias),
    "of torch.pt": lambda head, path: torch.save(as_tensors(head), path),
    "of a network.pt": lambda head, path: torch.save({"state_dict": a_network(head)}, path),
    "of torch.safetensors": lambda head, path: save_file(as_tensors(head), path),
    "of a run.safetensors": lambda head, path: Head(head.weight, head.bias, "fc", 0.0).save(path),
}


@pytest.mark.parametrize("file", FILES)
def test_a_head_is_read_in_either_orientation(file, head, tmp_path):
    FILES[file](head, tmp_path / file)
    found = read_head(tmp_path / file, F, N)
    np.testing.assert_array_equal(found.weight, head.weight)
    np.testing.assert_array_equal(found.bias, head.bias)
    assert found.lower_bound == (0.0 if "run" in file else None)


@pytest.mark.parametrize("file", FILES)
def test_a_head_says_how_many_classes_it_tells_apart(file, head, tmp_path):
    FILES[file](head, tmp_path / file)
    assert outputs({"path": str(tmp_path / file)})(F) == N


def test_one_output_stands_for_two_classes(tmp_path):
    np.savez(tmp_path / "head.npz", coef_=np.ones((1, F)), intercept_=np.zeros(1))
    assert outputs({"path": str(tmp_path / "head.npz")})(F) == 2


def test_a_square_weight_of_torch_has_a_row_a_class_and_of_numpy_is_asked_about(tmp_path):
    square = Affine(np.arange(9.0).reshape(3, 3), np.zeros(3))
    save_file(as_tensors(square), tmp_path / "head.safetensors")
    np.testing.assert_array_equal(read_head(tmp_path / "head.safetensors", 3, 3).weight, square.weight)
    Head(square.weight, square.bias, "fc", None).save(tmp_path / "run.safetensors")
    np.testing.assert_array_equal(read_head(tmp_path / "run.safetensors", 3, 3).weight, square.weight)
    np.savez(tmp_path / "head.npz", weight=square.weight, bias=square.bias)
    with pytest.raises(ModelError, match="is square"):
        read_head(tmp_path / "head.npz", 3, 3)


def test_one_output_of_two_classes_becomes_two_that_differ_by_it(tmp_path):
    x, y = np.random.default_rng(0).normal(size=(40, F)), np.arange(40) % 2
    model = LogisticRegression().fit(x, y)
    np.savez(tmp_path / "head.npz", coef_=model.coef_, intercept_=model.intercept_)
    logits = read_head(tmp_path / "head.npz", F, 2).logits(x)
    np.testing.assert_allclose(logits[:, 1] - logits[:, 0], model.decision_function(x), atol=1e-12)


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        (
            {"weight": np.zeros((F + 1, N)), "bias": np.zeros(N)},
            r"weight \(7, 3\) and bias \(3,\) do not fit 6 features",
        ),
        ({"weight": np.zeros((F, N + 1)), "bias": np.zeros(N + 1)}, "tells 4 classes apart, the data set has 3"),
        ({"mean": np.zeros(F)}, r"holds mean \(6,\); expected `weight` \(3, 6\) and `bias`"),
        ({"weight": np.full((F, N), np.nan), "bias": np.zeros(N)}, "not finite"),
    ],
)
def test_a_head_that_does_not_fit_is_refused_in_one_sentence(arrays, sentence, tmp_path):
    np.savez(tmp_path / "head.npz", **arrays)
    with pytest.raises(ModelError, match=sentence) as refused:
        read_head(tmp_path / "head.npz", F, N, where="classifier.weights")
    assert str(refused.value).startswith("classifier.weights: ")


def parts(x, logits, size=7):
    """Blocks that are shorter than a vector and its logits, and a last one that is shorter still."""
    return lambda: ((x[k : k + size], logits[k : k + size]) for k in range(0, len(x), size))


def test_logits_give_the_head_that_made_them(head):
    x = np.random.default_rng(1).normal(size=(50, F)) + 10
    found, left_open = from_logits(parts(x, head.logits(x)))
    assert left_open == 0
    np.testing.assert_allclose(found.weight, head.weight, atol=1e-12)
    np.testing.assert_allclose(found.bias, head.bias, atol=1e-10)
    with pytest.raises(ModelError, match="no affine map of the features gives the logits: they differ by"):
        from_logits(parts(x, head.logits(x) ** 2))


def test_directions_that_no_vector_shows_are_counted(head):
    x = np.random.default_rng(1).normal(size=(50, F))
    x[:, 2] = 0.0
    found, left_open = from_logits(parts(x, head.logits(x)))
    assert left_open == 1
    np.testing.assert_allclose(found.weight[2], 0.0, atol=1e-12)
    np.testing.assert_allclose(found.logits(x), head.logits(x), atol=1e-10)


def test_a_fitted_head_is_that_of_scikit_learn_on_standardised_vectors():
    random, y = np.random.default_rng(0), np.arange(300) % N
    y = y[stratified_order(y, 0)]
    x = (random.normal(size=(300, F)) + np.eye(N, F)[y] * 4) * 10.0 ** np.arange(F)
    fitted = fit(x, y, "abc", validation=0.1)
    assert (fitted.held_out, fitted.converged) == (30, True)
    assert fitted.accuracy > 0.8
    mean, deviation = x[:270].mean(axis=0), x[:270].std(axis=0)
    model = LogisticRegression(max_iter=2000).fit((x[:270] - mean) / deviation, y[:270])
    np.testing.assert_allclose(fitted.head.logits(x), model.decision_function((x - mean) / deviation), atol=1e-8)


def test_a_class_without_a_vector_cannot_be_fitted():
    with pytest.raises(DataError, match="no vector of the class 'c' is among the 18"):
        fit(np.zeros((20, F)), np.arange(20) % 2, "abc", validation=0.1)


def test_the_features_of_the_network_are_the_vectors(head):
    about = description(head, **{"from": "file"})
    assert json.loads(json.dumps(about)) == about
    network = build(about["factory"], about["arguments"], about["normalise"])
    head.fill(network.network)
    x = torch.from_numpy(np.random.default_rng(2).normal(size=(5, F, 1, 1)).astype(np.float32))
    feature_map = split(network.eval(), x)
    assert torch.equal(feature_map(x), x[:, :, 0, 0])
    assert feature_map.layer == "network.linear"
    np.testing.assert_array_equal(feature_map.weight.numpy(), head.weight.astype(np.float32))
    np.testing.assert_array_equal(feature_map.bias.numpy(), head.bias.astype(np.float32))
