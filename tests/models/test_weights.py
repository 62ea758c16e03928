"""Which weights of a file are taken, and what is said of files that hold none."""

import argparse
import io
import pickle
import re
import zipfile

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from phiscope.errors import ModelError
from phiscope.models import load_weights
from phiscope.models.contents import stated_accuracy


def network():
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3))


def state(seed, prefix=""):
    torch.manual_seed(seed)
    return {prefix + key: value for key, value in network().state_dict().items()}


def loaded(path, **options):
    filled = network()
    load_weights(filled, path, **options)
    return filled.state_dict()


def same(first, second):
    return all(torch.equal(first[key], second[key]) for key in second)


def kept(folder, content):
    torch.save(content, folder / "w.pt")
    return folder / "w.pt"


@pytest.mark.parametrize("key", ["model", "net", "model_state_dict", "state_dict", "state.network", "ema_model"])
def test_weights_below_any_key_are_found_and_said(tmp_path, capsys, key):
    content = {"epoch": 3, "optimizer": {"state": {0: {"step": torch.ones(1)}}, "groups": [{"lr": 0.1}]}}
    outer, _, inner = key.partition(".")
    path = kept(tmp_path, content | {outer: {inner: state(1)} if inner else state(1)})
    assert same(loaded(path), state(1))
    assert (f"the weights are those of `{key}`" in capsys.readouterr().out) == (key != "state_dict")


@pytest.mark.parametrize(
    ("plain", "average"),
    [("model", "model_ema"), ("state_dict", "state_dict_ema"), ("net", "ema.module"), ("model", "swa_model")],
)
def test_of_a_network_and_its_average_the_network(tmp_path, capsys, plain, average):
    outer, _, inner = average.partition(".")
    path = kept(tmp_path, {plain: state(1), outer: {inner: state(2)} if inner else state(2)})
    assert same(loaded(path), state(1))
    assert f"unused below `{average}`; `key` chooses it" in capsys.readouterr().out
    assert same(loaded(path, key=average), state(2))
    assert "unused" not in capsys.readouterr().out


def test_parts_that_were_compiled_have_their_own_keys_again(tmp_path):
    nested = nn.ModuleDict({"body": network()})
    compiled = {key.replace("body.", "body._orig_mod."): value for key, value in nested.state_dict().items()}
    for prefix in ("", "module."):
        path = kept(tmp_path, {prefix + key: torch.full_like(value, 2) for key, value in compiled.items()})
        load_weights(nested, path, prefix=prefix)
        assert all(bool((value == 2).all()) for value in nested.state_dict().values())
        nested.apply(lambda module: [each.data.zero_() for each in module.parameters(recurse=False)])
    with pytest.raises(ModelError, match="they do with `prefix: network.`"):
        load_weights(nested, kept(tmp_path, {f"network.{key}": value for key, value in compiled.items()}))


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "module._orig_mod.", "network._orig_mod.", "a.b."])
@pytest.mark.parametrize("key", ["", "model"])
def test_the_fitting_prefix_is_proposed(tmp_path, prefix, key):
    content = state(1, prefix) | {"n_averaged": torch.tensor(3)}
    path = kept(tmp_path, {key: content} if key else content)
    with pytest.raises(ModelError, match="the file holds ") as caught:
        loaded(path)
    proposed = re.findall(r"`(key|prefix): (.*?)`", str(caught.value))
    assert proposed == ([("key", key)] if key else []) + [("prefix", prefix)]
    assert same(loaded(path, **dict(proposed)), state(1))


def test_two_that_fit_want_a_choice(tmp_path):
    path = kept(tmp_path, {"teacher": state(1), "student": state(2)})
    with pytest.raises(ModelError, match="`teacher`, `student` of the file fit the network; choose one with `key`"):
        loaded(path)
    assert same(loaded(path, key="student"), state(2))
    with pytest.raises(ModelError, match="no tensors below the key 'pupil'; there are some below `teacher`, `student`"):
        loaded(path, key="pupil")


def test_shapes_count_when_keys_fit(tmp_path):
    wrong = state(1) | {"3.weight": torch.zeros(7, 8)}
    assert same(loaded(kept(tmp_path, {"pretrained": wrong, "model": state(2)})), state(2))
    with pytest.raises(ModelError, match="3.weight has shape \\(7, 8\\), the network expects \\(3, 8\\)"):
        loaded(kept(tmp_path, wrong))


def test_lazy_layers_take_their_shape_from_the_file(tmp_path):
    filled = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.LazyLinear(3))
    load_weights(filled, kept(tmp_path, state(1)))
    assert torch.equal(filled[3].weight, state(1)["3.weight"])


class Own:
    def __reduce__(self):
        return pytest.fail, ("code of a file was run",)


def archive(*names):
    with zipfile.ZipFile(buffer := io.BytesIO(), "w") as file:
        for name in names:
            file.writestr(name, "x")
    return buffer.getvalue()


def torched(content):
    torch.save(content, buffer := io.BytesIO())
    return buffer.getvalue()


SAFE = torched(state(1))
FILES = {
    "numpy scalar": ("w.pt", torched({"model": state(1), "best": np.float64(3)}), "holds numpy.*scalar, which"),
    "argparse": ("w.pth", torched({"state_dict": state(1), "args": argparse.Namespace()}), "holds argparse.Namespace"),
    "own class": ("w.pt", torched({"model": state(1), "x": Own()}), r"holds _pytest\S*[fF]ail, which is not a tensor"),
    "whole module": ("w.pt", torched(network()), "holds torch.nn.modules.*, which is not a tensor"),
    "pickle": ("w.pkl", pickle.dumps({"a": np.zeros(3)}), "is a pickle that torch.save did not write"),
    "cut off": ("w.pt", SAFE[: len(SAFE) // 2], "damaged or cut off"),
    "page": ("w.pt", b"<!DOCTYPE html><html>Sign in</html>", "a page of the web, saved instead of the file"),
    "page of safetensors": ("w.safetensors", b"\n<html>no</html>", "a page of the web"),
    "empty": ("w.pt", b"", "is empty"),
    "pointer": ("w.safetensors", b"version https://git-lfs.github.com/spec/v1\noid", "pointer of Git LFS"),
    "keras": ("w.h5", b"\x89HDF\r\n\x1a\n" + bytes(90), "HDF5, as Keras"),
    "keras archive": ("w.keras", archive("config.json", "model.weights.h5"), "a network of Keras"),
    "numpy": ("w.npz", archive("a.npy"), "a file of NumPy arrays"),
    "array": ("w.npy", b"\x93NUMPY" + bytes(90), "an array of NumPy"),
    "onnx": ("w.onnx", b"\x08\x07\x12\x07pytorch", "a network of ONNX"),
    "archive": ("w.zip", archive("a/w.pt"), "an archive with a/w.pt; unpack it"),
    "text": ("w.pt", b"hello", "not a file of tensors"),
    "json": ("w.json", b'{"a": 1}', "a text of JSON"),
    "safetensors cut off": ("w.safetensors", (1000).to_bytes(8, "little") + b'{"a"', "of 12 bytes .*: it is damaged"),
    "scripted": ("w.pt", archive("m/constants.pkl", "m/data.pkl"), "TorchScript, which is a program"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.filterwarnings("error")
def test_one_sentence_says_what_a_file_is(tmp_path, kind):
    name, content, words = FILES[kind]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=words) as caught:
        loaded(tmp_path / name)
    said = str(caught.value)
    assert "\n" not in said
    assert not re.search(r"weights_only|add_safe_globals|allowlist|allowed|trust", said)
    if "stays closed" in said:
        assert "`torch.save(state, " in said


def test_the_two_lines_save_what_can_be_loaded(tmp_path, monkeypatch):
    (path := tmp_path / "w.pt").write_bytes(FILES["whole module"][1])
    with pytest.raises(ModelError) as caught:
        loaded(path)
    first, second = re.findall(r"`(state = .*?|torch\.save.*?)`", str(caught.value))
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(1)
    exec(f"{first}\n{second}", {"torch": torch, "model": network()})
    assert same(loaded(tmp_path / "weights.pt"), state(1))


def test_a_folder_names_what_it_holds(tmp_path):
    save_file(state(1), tmp_path / "w.safetensors")
    with pytest.raises(ModelError, match="is a folder with w.safetensors; name the file"):
        loaded(tmp_path)
    (tmp_path / "w.safetensors").rename(tmp_path / "w.pt")  # the content decides
    assert same(loaded(tmp_path / "w.pt"), state(1))


STATED = {
    "best_prec1": ({"best_prec1": 91.73}, 0.9173),
    "best_acc": ({"best_acc": 0.798}, 0.798),
    "of one guess": ({"acc1": torch.tensor(79.8), "acc5": torch.tensor(95.0)}, 0.798),
    "top1": ({"val": {"top1": 61.5, "top5": 84.0}}, 0.615),
    "in words": ({"test_accuracy": "80.5 %"}, 0.805),
    "of test before validation": ({"val/acc": 0.9, "testAcc": 0.7}, 0.7),
    "of validation before unnamed": ({"acc": 99, "val_acc@1": 70}, 0.7),
    "its own before the best": ({"best_acc": 75, "acc": 70}, 0.7),
    "watched": (
        {
            "callbacks": {
                "Best": {
                    "monitor": "val_acc",
                    "current_score": torch.tensor(0.66),
                    "best_model_score": torch.tensor(0.9),
                }
            }
        },
        0.66,
    ),
    "watched loss": ({"callbacks": {"Best": {"monitor": "val_loss", "best_model_score": torch.tensor(0.66)}}}, None),
    "of training": ({"train_acc": 0.99, "train": {"acc": 0.99}}, None),
    "an epoch": ({"best_acc_epoch": 45, "accumulate": 2, "top": 3}, None),
    "an error": ({"best_err1": 8.3, "err_top1": 8.3}, None),
    "not measured": ({"best_acc": 0}, None),
    "not a share": ({"best_acc": 101.0, "acc": True, "test_acc": [0.5], "top1": float("nan")}, None),
    "nothing": ({"epoch": 3}, None),
}


@pytest.mark.parametrize("kind", STATED)
def test_the_accuracy_that_a_checkpoint_states(tmp_path, kind):
    beside, expected = STATED[kind]
    path = kept(tmp_path, {"state_dict": state(1)} | beside)
    assert stated_accuracy(path) == (None if expected is None else pytest.approx(expected))


def test_safetensors_state_their_accuracy_in_the_metadata(tmp_path):
    save_file(state(1), tmp_path / "w.safetensors", metadata={"accuracy": "0.61", "format": "pt"})
    assert stated_accuracy(tmp_path / "w.safetensors") == 0.61
    save_file(state(1), tmp_path / "w.safetensors")
    assert stated_accuracy(tmp_path / "w.safetensors") is None


class Executed:
    def __reduce__(self):
        return (exec, ("raise SystemExit('this ran')",))


def test_what_stays_closed_states_nothing(tmp_path):
    assert stated_accuracy(kept(tmp_path, {"best_acc": 0.9, "args": Executed()})) is None
    assert stated_accuracy(tmp_path / "none.pt") is None
    assert stated_accuracy(tmp_path) is None
    (tmp_path / "page.pt").write_text("<html>")
    assert stated_accuracy(tmp_path / "page.pt") is None
